"""The server reads nothing, and its buffer is small; the twin reads."""

import signal
import socket
import sys

AT = ('127.0.0.1', 3500)


def server(way):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    if way == 'wrong':
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sock.bind(AT)
    if way == 'wrong':
        signal.pause()
    while True:
        sock.recv(1024)


def client(way):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    for _ in range(40):
        sock.sendto(bytes(1000), AT)


globals()[sys.argv[1]](sys.argv[2])
