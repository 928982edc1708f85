"""Senders of a text and a file as students write them. Usage: ways_sender.py HOST PORT WAY [CHANGE]

They send, end their stream and print what the receiver says; two connections are both opened first. With the change
"slow" the bytes go one by one, with "vanish" nothing is read, and with "killed" the process ends after half of the bytes.
"""

import os
import socket
import struct
import sys

DELIMITER = b'\n--FIN--\n'
TEXT = '¿Qué tal? 🙂'.encode()
FILE = bytes(range(256)) * 20


def delimiter():
    return [TEXT + DELIMITER + FILE + DELIMITER]


def length():
    return [b''.join(struct.pack('!I', len(item)) + item for item in (TEXT, FILE))]


def tlv():
    items = ((b'T', TEXT), (b'N', b'foto.png'), (b'F', FILE))
    return [b''.join(kind + struct.pack('!I', len(item)) + item for kind, item in items)]


def two_connections():
    return [TEXT, FILE]


def close():
    return [TEXT + FILE]


def main():
    host, port, way = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    change = sys.argv[4] if len(sys.argv) > 4 else ''
    streams = globals()[way.replace('-', '_')]()
    clients = [socket.create_connection((host, port), timeout=60) for _ in streams]
    for client, stream in zip(clients, streams):
        if change == 'slow':
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for byte in stream:
                client.send(bytes([byte]))
        elif change == 'killed':
            client.sendall(stream[:len(stream) // 2])
            os.kill(os.getpid(), 9)
        else:
            client.sendall(stream)
        if change != 'vanish':
            client.shutdown(socket.SHUT_WR)
            while said := client.recv(65536):
                print(said.decode(), end='', flush=True)
        client.close()


if __name__ == '__main__':
    main()
