"""The server takes each `recv()` for a message, and answers it; the twin looks for the end of each line."""

import socket
import sys

import waits

AT = ('127.0.0.1', 3500)
MESSAGES = [b'uno\n', b'dos\n']


def server(way):
    with socket.create_server(AT) as listener:
        sock, _ = listener.accept()
        # Both messages are there, as they often are.
        sock.recv(8, socket.MSG_PEEK | socket.MSG_WAITALL)
        if way == 'wrong':
            while sock.recv(1024):
                sock.sendall(b'OK')
                waits.for_ever()
        for _ in sock.makefile('rb'):
            sock.sendall(b'OK')
        sock.close()


def client(way):
    with socket.create_connection(AT) as sock:
        for message in MESSAGES:
            sock.sendall(message)
        for message in MESSAGES:
            if way == 'wrong' and message == MESSAGES[1]:
                waits.for_ever()
            sock.recv(2, socket.MSG_WAITALL)


globals()[sys.argv[1]](sys.argv[2])
