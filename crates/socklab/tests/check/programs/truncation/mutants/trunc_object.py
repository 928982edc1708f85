# Una estudiante que pasa MSG_TRUNC en Python: el objeto tiene el largo real, y la cola no es del mensaje.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    data, peer = sock.recvfrom(16, socket.MSG_TRUNC)
    sock.sendto(data, peer)
