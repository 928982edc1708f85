"""Sends itself a datagram for each line of its standard input, and prints what it gets."""

import socket
import sys

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
    sock.bind(('127.0.0.1', 0))
    print('ready', flush=True)
    for line in sys.stdin:
        sock.sendto(line.encode(), sock.getsockname())
        print(sock.recv(2000).decode(), end='', flush=True)
