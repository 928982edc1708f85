# A student who shifts the wait status, and gets 0 of what a signal killed.
import os
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    data, peer = sock.recvfrom(1024)
    if data.startswith(b"CMD "):
        data = str(os.system("exec </dev/null; " + data[4:].decode()) >> 8).encode()
    sock.sendto(data, peer)
