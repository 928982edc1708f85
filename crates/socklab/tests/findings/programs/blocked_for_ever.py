"""Each waits until the other one says something; the twin's client begins."""

import socket
import sys

import waits

AT = ('127.0.0.1', 3500)


def server(way):
    with socket.create_server(AT) as listener:
        while True:
            sock, _ = listener.accept()
            if way == 'wrong':
                waits.for_ever()
            while piece := sock.recv(1024):
                sock.sendall(piece)
            sock.close()


def client(way, taken=lambda: None):
    with socket.create_connection(AT) as sock:
        taken()
        if way == 'right':
            sock.sendall(b'hola')
        else:
            waits.for_ever()
        sock.recv(1024)


def first(way):
    """A client that, once it has the server, lets the next program start: that one waits until this one listens."""
    client(way, lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).bind(('127.0.0.1', 0)))


def second(way):
    """A client that asks, and is not served as long as the server serves the first."""
    with socket.create_connection(AT) as sock:
        sock.sendall(b'hola')
        if way == 'wrong':
            waits.for_ever()
        sock.recv(1024)


globals()[sys.argv[1]](sys.argv[2])
