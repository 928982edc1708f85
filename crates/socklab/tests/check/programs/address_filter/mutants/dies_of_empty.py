# Una estudiante que mira el primer byte antes que la dirección.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("0.0.0.0", 3500))
while True:
    data, peer = sock.recvfrom(1024)
    if data[0] and peer[0] == "127.0.0.1":
        sock.sendto(data, peer)
