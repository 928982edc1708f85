"""Two processes that send each other numbered datagrams by turns, as many times as is said."""

import os
import socket
import sys

count = int(sys.argv[1])
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(('127.0.0.1', 0))
child = os.fork()
if child == 0:
    for _ in range(count):
        datagram, client = server.recvfrom(100)
        server.sendto(b'answer ' + datagram, client)
    os._exit(0)
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
    for number in range(count):
        client.sendto(b'<%d>' % number, server.getsockname())
        client.recvfrom(100)
os.waitpid(child, 0)
