# A student who leaves a helper behind that has the socket: the next start finds the port in use.
import os
import socket
import time

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
if os.fork() == 0:
    time.sleep(3600)
while True:
    data, peer = sock.recvfrom(1024)
    if data == b"SALIR":
        break
    sock.sendto(data, peer)
