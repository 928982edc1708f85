# Un estudiante que contesta «ok», y no el estado.
import os
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    data, peer = sock.recvfrom(1024)
    if data.startswith(b"CMD "):
        os.system(data[4:].decode() + " </dev/null")
        data = b"ok"
    sock.sendto(data, peer)
