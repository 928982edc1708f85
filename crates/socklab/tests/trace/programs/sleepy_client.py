"""Sends four datagrams, the last of them empty and one that is longer than a packet, each after a rest."""

import socket
import sys
import time

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
    sock.connect((sys.argv[1], int(sys.argv[2])))
    for datagram in (b'hola', bytes(range(256)), b'x' * 2000, b''):
        time.sleep(0.01)
        sock.send(datagram)
        print(sock.recv(2048).hex(), flush=True)
