# Makes calls from several interpreters of one process. What it sends says where: "own" from a line of this file, "inner" from a line
# of a text that another interpreter runs.
import os
import socket
import sys
import threading

try:
    import _interpreters as interpreters
except ImportError:
    try:
        import _xxsubinterpreters as interpreters
    except ImportError:
        sys.exit(77)

INNER = """
import os, sys
for _ in range(3):
    os.write({fd}, b"inner %d" % sys._getframe().f_lineno)
"""

one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
one.bind(("127.0.0.1", 0))
one.connect(one.getsockname())


def here():
    return b"own %d" % sys._getframe(1).f_lineno


def run(inner):
    interpreters.run_string(inner, INNER.format(fd=one.fileno()))
    os.write(one.fileno(), here())


def within():
    inner = interpreters.create()
    os.write(one.fileno(), here())
    run(inner)
    interpreters.destroy(inner)
    os.write(one.fileno(), here())


os.write(one.fileno(), here())
within()
# A thread whose first calls are those of another interpreter, which then goes.
inner = interpreters.create()
thread = threading.Thread(target=run, args=[inner])
thread.start()
thread.join()
interpreters.destroy(inner)
threads = [threading.Thread(target=within) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
# By reading a file it shows that it may have changed.
open(__file__).close()
os.write(one.fileno(), here())
