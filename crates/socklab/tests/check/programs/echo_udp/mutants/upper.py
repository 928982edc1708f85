# A student who improved on echo: everything comes back in capital letters.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    data, peer = sock.recvfrom(1024)
    sock.sendto(data.upper(), peer)
