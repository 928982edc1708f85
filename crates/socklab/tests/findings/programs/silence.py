"""The server reads what it gets and answers nothing; the twin answers."""

import socket
import sys

import waits

AT = ('127.0.0.1', 3500)


def server(way):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(AT)
    while True:
        message, client = sock.recvfrom(1024)
        if way == 'right':
            sock.sendto(message, client)


def client(way):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.sendto(b'hola', AT)
    if way == 'wrong':
        waits.for_ever()
    sock.recvfrom(1024)


def gives_up(way):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.settimeout(0.1 if way == 'wrong' else 60)
    sock.sendto(b'hola', AT)
    try:
        sock.recvfrom(1024)
    except TimeoutError:
        assert way == 'wrong'


globals()[sys.argv[1]](sys.argv[2])
