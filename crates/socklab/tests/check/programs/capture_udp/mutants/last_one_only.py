# A student who empties the queue after the pause, and answers the last one.
import socket
import time

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    data, peer = sock.recvfrom(1024)
    time.sleep(1)
    try:
        while True:
            data, peer = sock.recvfrom(1024, socket.MSG_DONTWAIT)
    except BlockingIOError:
        sock.sendto(data, peer)
