"""The client does not look at what `send()` returns; the twin uses `sendall()`."""

import socket
import sys

AT = ('127.0.0.1', 3500)
MESSAGE = bytes(4_000_000)


def server(way):
    with socket.create_server(AT) as listener:
        sock, _ = listener.accept()
        while sock.recv(65_536):
            pass
        sock.close()


def client(way):
    with socket.create_connection(AT, timeout=60) as sock:
        if way == 'wrong':
            sock.send(MESSAGE)
        else:
            sock.sendall(MESSAGE)


globals()[sys.argv[1]](sys.argv[2])
