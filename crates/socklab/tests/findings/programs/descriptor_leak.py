"""The server keeps each of its connections for ever, also when its client has gone; the twin closes them."""

import socket
import sys

AT = ('127.0.0.1', 3500)


def server(way):
    clients = []
    with socket.create_server(AT) as listener:
        while True:
            sock, _ = listener.accept()
            clients.append(sock)
            while piece := sock.recv(1024):
                sock.sendall(piece)
            if way == 'right':
                sock.close()


def client(way):
    for _ in range(20):
        with socket.create_connection(AT) as sock:
            sock.sendall(b'hola')
            sock.recv(1024)


globals()[sys.argv[1]](sys.argv[2])
