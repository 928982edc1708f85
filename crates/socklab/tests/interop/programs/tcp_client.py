"""TCP clients of an echo server. Usage: tcp_client.py HOST PORT CASE [ARGUMENT...]

Each case ends with 0 and says what it saw; anything unexpected is an exception.
"""

import random
import socket
import sys
import threading

PATIENCE_S = 60
CASES = {}


def case(function):
    CASES[function.__name__] = function
    return function


def client(address, local=None, receive_buffer=None):
    family = socket.AF_INET6 if ':' in address[0] else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    made.settimeout(PATIENCE_S)
    if receive_buffer:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    if local:
        made.bind((local, 0))
    made.connect(address)
    return made


def read_to_end(sock, piece=1 << 16):
    parts = []
    while part := sock.recv(piece):
        parts.append(part)
    return b''.join(parts)


def send_and_end(sock, message):
    sock.sendall(message)
    sock.shutdown(socket.SHUT_WR)


def exchange(sock, message, piece=1 << 16):
    """Sends everything and ends the stream, and reads at the same time until the server has ended its own."""
    sender = threading.Thread(target=send_and_end, args=(sock, message))
    sender.start()
    reply = read_to_end(sock, piece)
    sender.join()
    assert reply == message, f'{len(message)} bytes sent, {len(reply)} came back, or others'


@case
def payloads(address):
    """Text, every value of a byte, nothing at all, and much, each on a connection of its own."""
    sent = ['¡Qué tal!\n'.encode(), bytes(range(256)), b'', random.Random(1).randbytes(3_000_000)]
    for message in sent:
        with client(address) as sock:
            exchange(sock, message)
    print('equal', len(sent))


@case
def in_a_row(address, count):
    """Clients one after the other."""
    for number in range(int(count)):
        with client(address) as sock:
            exchange(sock, b'client %d' % number)
    print('equal', count)


@case
def slow_reader(address, size):
    """Sends at full speed and reads little by little, from a small buffer."""
    with client(address, receive_buffer=16384) as sock:
        exchange(sock, random.Random(2).randbytes(int(size)), piece=1000)
    print('equal', size)


@case
def byte_by_byte(address, size):
    """A segment for each byte."""
    message = random.Random(3).randbytes(int(size))
    with client(address) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in message:
            sock.send(bytes([byte]))
        sock.shutdown(socket.SHUT_WR)
        assert read_to_end(sock) == message
    print('equal', size)


@case
def refused_and_served(address, refused, served):
    """A client at an address that is refused, and one that is served."""
    with client(address, local=served) as guest:
        exchange(guest, b'good day')
    try:
        # The reset follows the handshake so closely that connect() itself may return it.
        with client(address, local=refused) as outsider:
            outsider.sendall(b'let me in')
            outsider.recv(1)
    except (ConnectionResetError, BrokenPipeError):
        print('as expected')
    else:
        raise AssertionError(f'{refused} was served')


if __name__ == '__main__':
    target = (sys.argv[1], int(sys.argv[2]))
    CASES[sys.argv[3]](target, *sys.argv[4:])
