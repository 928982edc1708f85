"""The server closes the connection without having read what has come; the twin reads it."""

import socket
import sys

AT = ('127.0.0.1', 3500)


def server(way):
    with socket.create_server(AT) as listener:
        sock, _ = listener.accept()
        # The request is there.
        sock.recv(1, socket.MSG_PEEK)
        if way == 'right':
            sock.recv(1024)
        sock.close()


def client(way):
    with socket.create_connection(AT) as sock:
        sock.sendall(b'hola')
        try:
            sock.recv(1024)
            assert way == 'right'
        except ConnectionResetError:
            assert way == 'wrong'


globals()[sys.argv[1]](sys.argv[2])
