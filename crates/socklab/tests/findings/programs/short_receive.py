"""The server takes one `recv()` of too few bytes for a message; the twin reads until the end."""

import socket
import sys

AT = ('127.0.0.1', 3500)


def server(way):
    with socket.create_server(AT) as listener:
        sock, _ = listener.accept()
        # The whole message is there.
        sock.recv(11, socket.MSG_PEEK | socket.MSG_WAITALL)
        message = sock.recv(4)
        while way == 'right' and (piece := sock.recv(4)):
            message += piece
        sock.sendall(message)
        sock.close()


def client(way):
    with socket.create_connection(AT) as sock:
        sock.sendall(b'Hola Mundo!')
        if way == 'right':
            sock.shutdown(socket.SHUT_WR)
        try:
            while sock.recv(1024):
                pass
        except ConnectionResetError:
            assert way == 'wrong'


globals()[sys.argv[1]](sys.argv[2])
