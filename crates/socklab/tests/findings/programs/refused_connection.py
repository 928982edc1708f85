"""Nobody listens where the client connects to; the twin has a server."""

import socket
import sys

AT = ('127.0.0.1', 3500)


def server(way):
    with socket.create_server(AT) as listener:
        listener.accept()[0].close()


def client(way):
    sock = socket.socket()
    try:
        sock.connect(AT)
        sock.recv(1024)
    except ConnectionRefusedError:
        assert way == 'wrong'


globals()[sys.argv[1]](sys.argv[2])
