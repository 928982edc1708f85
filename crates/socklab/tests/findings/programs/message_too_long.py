"""The client sends a datagram of one byte more than fits into one; the twin of just as many."""

import socket
import sys

AT = ('127.0.0.1', 3500)


def server(way):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(AT)
    while True:
        sock.recv(65_535)


def client(way):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        sock.sendto(bytes(65_508 if way == 'wrong' else 65_507), AT)
        assert way == 'right'
    except OSError:
        assert way == 'wrong'


globals()[sys.argv[1]](sys.argv[2])
