# Becomes another Python: python3 becomes.py HOW DESCRIPTOR [PYTHON]. What it sends says how it runs and from which line.
import os
import socket
import sys
import threading

how, fd = sys.argv[1], int(sys.argv[2])
python = sys.argv[3] if len(sys.argv) > 3 else sys.executable
if fd < 0:
    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    one.bind(("127.0.0.1", 0))
    one.connect(one.getsockname())
    one.set_inheritable(True)
    fd = one.detach()


def here():
    return b"%s %d" % (how.encode(), sys._getframe(1).f_lineno)


def become(how, *flags):
    os.execv(python, [python, *flags, __file__, how, str(fd)])


os.write(fd, here())
if how == "first":
    os.write(fd, here())
    # By a thread, whose number goes with it.
    thread = threading.Thread(target=become, args=["second"])
    thread.start()
    thread.join()
elif how == "second":
    os.write(fd, here())
    become("isolated", "-I")
os.write(fd, here())
