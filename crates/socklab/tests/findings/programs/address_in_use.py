"""The second server wants the port of the first; the twin takes another."""

import socket
import sys

AT = ('127.0.0.1', 3500)


def first(way):
    with socket.create_server(AT) as listener:
        while True:
            listener.accept()[0].close()


def second(way):
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind(AT if way == 'wrong' else ('127.0.0.1', 3501))
        sock.listen(5)
        assert way == 'right'
    except OSError:
        assert way == 'wrong'


def again(way):
    """A server that closes a connection first, ends, and starts again at once; the twin sets SO_REUSEADDR."""
    for _ in range(2):
        listener = socket.socket()
        if way == 'right':
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(AT)
        except OSError:
            assert way == 'wrong'
            return
        listener.listen(5)
        client = socket.create_connection(AT)
        server, _ = listener.accept()
        server.close()
        client.recv(1024)
        client.close()
        listener.close()


globals()[sys.argv[1]](sys.argv[2])
