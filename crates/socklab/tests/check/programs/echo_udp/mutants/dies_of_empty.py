# Una estudiante que mira el primer byte sin ver si hay alguno.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    data, peer = sock.recvfrom(2048)
    if data[0] != 0:
        sock.sendto(data, peer)
