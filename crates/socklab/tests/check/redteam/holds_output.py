# A client of 1.5.1 who ends in time, and leaves a child that keeps its standard output open: who waits for the end of that waits.
import os
import time

print("nobody answers", flush=True)
if os.fork() == 0:
    os.setsid()
    time.sleep(3600)
