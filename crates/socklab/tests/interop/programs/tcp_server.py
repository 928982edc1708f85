"""TCP servers. Usage: tcp_server.py HOST PORT MANNER [NUMBER]

It says "listening PORT" when it is ready, and "stream BYTES" when a client has ended its stream.
"""

import os
import socket
import struct
import sys
import threading
import time

ARGUMENT = int(sys.argv[4]) if len(sys.argv) > 4 else 0


def pieces(client, size=1 << 16):
    total = 0
    while piece := client.recv(size):
        total += len(piece)
        yield piece
    print('stream', total, flush=True)


def echo(client):
    for piece in pieces(client):
        client.sendall(piece)


def slow_reader(client):
    """Takes little at a time, from a small buffer."""
    for piece in pieces(client, 1000):
        client.sendall(piece)


def byte_by_byte(client):
    """Answers with a segment for each byte."""
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for piece in pieces(client):
        for byte in piece:
            client.send(bytes([byte]))


def late(client):
    """Answers a while after the client's end of stream."""
    message = b''.join(pieces(client))
    time.sleep(1.2)
    client.sendall(message)


def dies(client):
    """Takes some bytes, and the process is gone while more of them wait: the kernel says so by an RST."""
    taken = 0
    while taken < ARGUMENT:
        taken += len(client.recv(ARGUMENT - taken))
    client.recv(1, socket.MSG_PEEK)
    os._exit(1)


def stops_answering(client):
    """Takes everything and gives some of it back."""
    message = b''.join(pieces(client))
    client.sendall(message[:ARGUMENT])


def hangs(client):
    """Gives some of it back, and keeps the connection."""
    stops_answering(client)
    threading.Event().wait()


def resets(client):
    """Takes the message and answers with RST."""
    client.recv(1)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))


def never_accepts(_client):
    raise AssertionError('nobody is accepted')


MANNERS = {function.__name__: function for function in
           (echo, slow_reader, byte_by_byte, late, dies, stops_answering, hangs, resets, never_accepts)}
MANNERS['shared'] = echo


def serve(manner, client):
    with client:
        manner(client)


def main():
    host, port, manner = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    sock = socket.socket(socket.AF_INET6 if ':' in host else socket.AF_INET, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if manner == 'shared':
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    if manner == 'slow_reader':
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)
    sock.bind((host, port))
    sock.listen(ARGUMENT if manner == 'never_accepts' else 128)
    print('listening', sock.getsockname()[1], flush=True)
    if manner == 'never_accepts':
        threading.Event().wait()
    while True:
        client, _ = sock.accept()
        threading.Thread(target=serve, args=(MANNERS[manner], client), daemon=True).start()


if __name__ == '__main__':
    main()
