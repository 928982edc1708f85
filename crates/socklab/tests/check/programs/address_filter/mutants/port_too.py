# Una estudiante que anotó también el puerto del cliente que usó para probar.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("0.0.0.0", 3500))
known = None
while True:
    data, peer = sock.recvfrom(1024)
    if peer[0] == "127.0.0.1" and known in (None, peer):
        known = peer
        sock.sendto(data, peer)
