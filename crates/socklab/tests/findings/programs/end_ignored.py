"""The server goes on receiving after the end of the stream; the twin stops."""

import socket
import sys

AT = ('127.0.0.1', 3500)


def server(way):
    with socket.create_server(AT) as listener:
        sock, _ = listener.accept()
        received = b''
        for _ in range(40):
            piece = sock.recv(1024)
            received += piece
            if way == 'right' and not piece:
                break
        sock.close()


def client(way):
    with socket.create_connection(AT) as sock:
        sock.sendall(b'hola')


globals()[sys.argv[1]](sys.argv[2])
