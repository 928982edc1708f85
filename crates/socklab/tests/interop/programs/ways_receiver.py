"""Receivers of a text and a file as students write them. Usage: ways_receiver.py HOST PORT WAY

It says "listening PORT" when it is ready, and for each item "item BYTES SHA256", with its kind and name where it knows
them. It says nothing to the sender.
"""

import hashlib
import socket
import struct
import sys

DELIMITER = b'\n--FIN--\n'


def receive_exactly(client, size):
    parts = []
    while size > 0:
        part = client.recv(min(size, 65536))
        if not part:
            raise EOFError
        parts.append(part)
        size -= len(part)
    return b''.join(parts)


def receive_all(client):
    parts = []
    while part := client.recv(65536):
        parts.append(part)
    return b''.join(parts)


def delimiter(client, _number):
    return [(item, '') for item in receive_all(client).split(DELIMITER)[:-1]]


def length(client, _number):
    items = []
    while head := client.recv(1):
        size, = struct.unpack('!I', head + receive_exactly(client, 3))
        items.append((receive_exactly(client, size), ''))
    return items


def tlv(client, _number):
    items, name = [], ''
    while kind := client.recv(1):
        size, = struct.unpack('!I', receive_exactly(client, 4))
        value = receive_exactly(client, size)
        if kind == b'N':
            name = ' ' + value.decode()
        else:
            items.append((value, {b'T': ' text', b'F': ' file'}[kind] + name))
    return items


def two_connections(client, number):
    return [(receive_all(client), [' text', ' file'][number % 2])]


def close(client, _number):
    return [(receive_all(client), '')]


def main():
    host, port, way = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    server = socket.create_server((host, port), family=socket.AF_INET6 if ':' in host else socket.AF_INET)
    print('listening', server.getsockname()[1], flush=True)
    number = 0
    while True:
        client, _ = server.accept()
        with client:
            for item, known in globals()[way.replace('-', '_')](client, number):
                print(f'item {len(item)} {hashlib.sha256(item).hexdigest()}{known}', flush=True)
        number += 1


if __name__ == '__main__':
    main()
