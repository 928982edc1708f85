# A student who ends the program as she does from another terminal: with a signal.
import os
import signal
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    data, peer = sock.recvfrom(1024)
    if data == b"SALIR":
        os.kill(os.getpid(), signal.SIGTERM)
    sock.sendto(data, peer)
