"""Echo over TCP, one connection at a time: accept, echo until the client ends, accept the next.

Usage: tcp_loop.py PORT
"""

import socket
import sys

BUFFER_BYTES = 64 * 1024


def echo(connection):
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    while data := connection.recv(BUFFER_BYTES):
        connection.sendall(data)


def main():
    with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as listener:
        print("listening {}:{}".format(*listener.getsockname()), flush=True)
        while True:
            connection, _ = listener.accept()
            with connection:
                try:
                    echo(connection)
                except ConnectionError:
                    pass  # this client is gone; the next one is not concerned


main()
