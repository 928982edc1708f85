# Un estudiante que filtra con connect(): el núcleo filtra la dirección y también el puerto.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("0.0.0.0", 3500))
data, peer = sock.recvfrom(1024)
while peer[0] != "127.0.0.1":
    data, peer = sock.recvfrom(1024)
sock.connect(peer)
while True:
    sock.send(data)
    data = sock.recv(1024)
