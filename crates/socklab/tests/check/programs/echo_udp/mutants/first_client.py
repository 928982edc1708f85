# A student who keeps the address of the first client and answers it for ever.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
first = None
while True:
    data, peer = sock.recvfrom(2048)
    first = first or peer
    sock.sendto(data, first)
