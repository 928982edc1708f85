# A student who prints the address and serves everybody.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("0.0.0.0", 3500))
while True:
    data, peer = sock.recvfrom(1024)
    print("from", peer[0])
    sock.sendto(data, peer)
