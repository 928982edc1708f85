# A cheat of 1.5.5 who ends as he was told to, and has a child that serves on.
import os
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
reads, writes = os.pipe()
if os.fork() == 0:
    os.setsid()
    while True:
        data, peer = sock.recvfrom(1024)
        if data == b"SALIR":
            os.write(writes, data)
        else:
            sock.sendto(data, peer)
sock.close()
os.read(reads, 1024)
