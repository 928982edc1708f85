# Un estudiante que mira la primera letra y la longitud de nada más.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    data, peer = sock.recvfrom(1024)
    if data and b"SALIR".startswith(data):
        break
    sock.sendto(data, peer)
