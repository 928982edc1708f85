# Una estudiante que escucha en todas las direcciones, con IPv6 y todo: también sirve a 127.0.0.1.
import socket

sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
sock.bind(("::", 3500))
while True:
    data, peer = sock.recvfrom(2048)
    sock.sendto(data, peer)
