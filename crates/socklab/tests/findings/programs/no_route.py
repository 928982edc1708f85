"""The client wants to reach a host outside of the private network; the twin one inside."""

import socket
import sys


def server(way):
    with socket.create_server(('127.0.0.1', 3500)) as listener:
        listener.accept()[0].close()


def client(way):
    sock = socket.socket()
    try:
        sock.connect(('192.0.2.1' if way == 'wrong' else '127.0.0.1', 3500))
        assert way == 'right'
    except OSError:
        assert way == 'wrong'


globals()[sys.argv[1]](sys.argv[2])
