# Un estudiante que escribió for en lugar de while: después de cinco mensajes no queda nadie.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
for _ in range(5):
    data, peer = sock.recvfrom(2048)
    sock.sendto(data, peer)
