# What stands in the slot of a thread, before, during and after a call that waits.
import socket
import threading
from array import array

import _socklab_lines

slots = []


def make(*arguments):
    slots.append(array(*arguments))
    return slots[-1]


_socklab_lines.array = make
here, there = socket.socketpair()
ready, go_on, done = threading.Event(), threading.Event(), threading.Event()
seen = []


def wait():
    here.getsockname()
    mine = slots[-1]
    seen.append(mine[0])
    ready.set()
    here.recv(1)
    seen.append(mine[0])
    try:
        here.setsockopt(socket.SOL_SOCKET, -1, 1)
    except OSError:
        seen.append(mine[0])


thread = threading.Thread(target=wait)
thread.start()
ready.wait()
while slots[-1][0] == 0:
    pass
there.send(b"x")
thread.join()
print(seen)
