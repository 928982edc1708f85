# A student who sends what os.system() returns: 256 for 1.
import os
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    data, peer = sock.recvfrom(1024)
    if data.startswith(b"CMD "):
        data = str(os.system(data[4:].decode() + " </dev/null")).encode()
    sock.sendto(data, peer)
