"""The server has room for four bytes of each datagram; the twin has enough."""

import socket
import sys

AT = ('127.0.0.1', 3500)


def server(way):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(AT)
    while True:
        message, client = sock.recvfrom(4 if way == 'wrong' else 1024)
        sock.sendto(message, client)


def client(way):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.sendto(b'hola mundo', AT)
    sock.recvfrom(1024)


globals()[sys.argv[1]](sys.argv[2])
