"""Nobody has the port that the client sends to; the twin has a server."""

import socket
import sys

import waits

AT = ('127.0.0.1', 3500)


def server(way):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(AT)
    message, client = sock.recvfrom(1024)
    sock.sendto(message, client)


def client(way):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.sendto(b'hola', AT)
    if way == 'wrong':
        waits.for_ever()
    sock.recvfrom(1024)


def connected(way):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.connect(AT)
    sock.send(b'hola')
    try:
        sock.recv(1024)
    except ConnectionRefusedError:
        assert way == 'wrong'


globals()[sys.argv[1]](sys.argv[2])
