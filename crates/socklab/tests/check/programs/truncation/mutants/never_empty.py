# A student who takes a full buffer for an error, and ends.
import socket
import sys

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    data, peer = sock.recvfrom(32)
    sock.sendto(data, peer)
    if len(data) == 32:
        sys.exit("message too long")
