"""The server is busy elsewhere, and its queue has room for two connections, of three; the twin's has room for more."""

import signal
import socket
import sys

AT = ('127.0.0.1', 3500)


def server(way):
    with socket.create_server(AT, backlog=1 if way == 'wrong' else 5):
        signal.pause()


def client(way):
    first, second, third = (socket.socket() for _ in range(3))
    first.connect(AT)
    second.connect(AT)
    # The kernel asks again after one second.
    third.settimeout(1.3)
    try:
        third.connect(AT)
        assert way == 'right'
    except TimeoutError:
        assert way == 'wrong'


globals()[sys.argv[1]](sys.argv[2])
