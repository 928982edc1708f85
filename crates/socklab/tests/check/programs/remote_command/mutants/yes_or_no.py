# Un estudiante que devuelve 0 si anduvo y 1 si no: no es el estado del comando.
import os
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    data, peer = sock.recvfrom(1024)
    if data.startswith(b"CMD "):
        data = b"1" if os.system(data[4:].decode() + " </dev/null") else b"0"
    sock.sendto(data, peer)
