# Una estudiante que convierte con str(): el cliente recibe b'hola'.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    data, peer = sock.recvfrom(1024)
    sock.sendto(str(data).encode(), peer)
