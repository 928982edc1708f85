import queue
import socket
import sys
import threading

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('127.0.0.1', 3500))
if 'poll' in sys.argv:
    s.settimeout(0.2)
messages = queue.Queue()


def work():
    while True:
        messages.get()


if 'threads' in sys.argv:
    threading.Thread(target=work, daemon=True).start()
while True:
    try:
        messages.put(s.recvfrom(2048))
    except TimeoutError:
        pass
