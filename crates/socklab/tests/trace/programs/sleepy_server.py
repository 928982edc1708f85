"""Answers four datagrams, each after a rest."""

import socket
import sys
import time

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
    sock.bind((sys.argv[1], int(sys.argv[2])))
    print('listening', flush=True)
    for _ in range(4):
        datagram, client = sock.recvfrom(2048)
        print(datagram.hex(), flush=True)
        time.sleep(0.01)
        sock.sendto(datagram[::-1], client)
