"""Echo over TCP with one thread per connection.

Usage: tcp_threads.py PORT
"""

import socket
import sys
import threading

BUFFER_BYTES = 64 * 1024


def echo(connection):
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with connection:
        try:
            while data := connection.recv(BUFFER_BYTES):
                connection.sendall(data)
        except ConnectionError:
            pass  # this client is gone; the others are not concerned


def main():
    with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as listener:
        print("listening {}:{}".format(*listener.getsockname()), flush=True)
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=echo, args=(connection,), daemon=True).start()


main()
