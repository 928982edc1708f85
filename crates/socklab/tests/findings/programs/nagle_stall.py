"""The client writes each request in two small pieces; the twin in one."""

import socket
import sys

AT = ('127.0.0.1', 3500)


def server(way):
    with socket.create_server(AT) as listener:
        sock, _ = listener.accept()
        while sock.recv(8, socket.MSG_WAITALL):
            sock.sendall(b'OK')
        sock.close()


def client(way):
    with socket.create_connection(AT) as sock:
        for _ in range(12):
            if way == 'wrong':
                sock.sendall(b'head')
                sock.sendall(b'body')
            else:
                sock.sendall(b'headbody')
            sock.recv(2, socket.MSG_WAITALL)


globals()[sys.argv[1]](sys.argv[2])
