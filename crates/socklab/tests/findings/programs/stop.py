"""Stops the recording as its user would, by Ctrl-C: some time after so many programs have said that they are about to wait."""

import os
import signal
import sys
import time

count, seconds = int(sys.argv[1]), float(sys.argv[2])
# For writing, too, so that the end of one writer is not the end of the file.
told = os.open(os.environ['SOCKLAB_WAITS'], os.O_RDWR)
while count > 0:
    count -= len(os.read(told, count))
time.sleep(seconds)
os.kill(os.getppid(), signal.SIGINT)
