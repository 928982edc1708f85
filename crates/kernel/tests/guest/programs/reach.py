"""Says what it reaches: of files that others may use, of its own, and of the process that started it."""
import os
import signal
import sys


def tells(what, attempt):
    try:
        attempt()
        print(what, "WORKS")
    except OSError as error:
        print(what, error.strerror)


others, starter = sys.argv[1:3]
tells("read", lambda: open(os.path.join(others, "kept")).read())
tells("list", lambda: os.listdir(others))
tells("write", lambda: open(os.path.join(others, "new"), "w"))
tells("signal", lambda: os.kill(int(starter), signal.SIGCONT))
tells("own", lambda: open("own", "w").write(open("reach.py").read()))
tells("device", lambda: open("/dev/null", "w").write("x"))
