"""The practical's UDP client in behaviour: one datagram, one recvfrom() of 1024 without a time limit."""

import socket
import sys

host = sys.argv[1] if len(sys.argv) > 1 else 'localhost'
port = int(sys.argv[2]) if len(sys.argv) > 2 else 3500

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
    sock.sendto(b'TyR: Echo sobre UDP', (host, port))
    reply, _ = sock.recvfrom(1024)
print('-->', reply.decode())
