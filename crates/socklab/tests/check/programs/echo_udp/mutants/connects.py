# Una estudiante que usa connect() con el primer cliente: el núcleo ya no le entrega nada de los demás.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
data, peer = sock.recvfrom(2048)
sock.connect(peer)
while True:
    sock.send(data)
    data = sock.recv(2048)
