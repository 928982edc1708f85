"""A server without privileges wants port 80; the twin wants 8080."""

import os
import socket
import sys


def server(way):
    if os.geteuid() == 0:
        os.setuid(65_534)
    sock = socket.socket()
    try:
        sock.bind(('127.0.0.1', 80 if way == 'wrong' else 8080))
        assert way == 'right'
    except PermissionError:
        assert way == 'wrong'


globals()[sys.argv[1]](sys.argv[2])
