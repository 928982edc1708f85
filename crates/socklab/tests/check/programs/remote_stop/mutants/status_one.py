# Un estudiante que termina con exit(1).
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    data, peer = sock.recvfrom(1024)
    if data == b"SALIR":
        exit(1)
    sock.sendto(data, peer)
