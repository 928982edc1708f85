"""The client asks a non-blocking socket in a loop; the twin waits until there is something."""

import select
import socket
import sys

AT = ('127.0.0.1', 3500)


def server(way):
    with socket.create_server(AT) as listener:
        sock, _ = listener.accept()
        sock.sendall(b'hola')
        sock.recv(1024)
        sock.close()


def client(way):
    with socket.create_connection(AT) as sock:
        sock.recv(4, socket.MSG_WAITALL)
        sock.setblocking(False)
        if way == 'right':
            assert not select.select([sock], [], [], 0.05)[0]
            return
        for _ in range(150):
            try:
                sock.recv(1024)
            except BlockingIOError:
                pass


globals()[sys.argv[1]](sys.argv[2])
