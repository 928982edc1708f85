"""The client goes on sending after the server has closed; the twin sees the end."""

import socket
import sys

AT = ('127.0.0.1', 3500)


def server(way):
    with socket.create_server(AT) as listener:
        listener.accept()[0].close()


def client(way):
    with socket.create_connection(AT) as sock:
        end = sock.recv(1024)
        if way == 'right' and not end:
            return
        sock.send(b'uno')
        try:
            sock.send(b'dos')
        except (BrokenPipeError, ConnectionResetError):
            pass


globals()[sys.argv[1]](sys.argv[2])
