"""UDP clients of an echo server. Usage: udp_client.py HOST PORT CASE [ARGUMENT...]

Each case ends with 0 and says what it saw; anything unexpected is an exception.
"""

import socket
import sys

PATIENCE_S = 60
LARGEST = 65507
CASES = {}


def case(function):
    CASES[function.__name__] = function
    return function


def client(address, local=None):
    family = socket.AF_INET6 if ':' in address[0] else socket.AF_INET
    made = socket.socket(family, socket.SOCK_DGRAM)
    made.settimeout(PATIENCE_S)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    if local:
        made.bind((local, 0))
    return made


def exchange(sock, address, payload):
    sock.sendto(payload, address)
    reply, peer = sock.recvfrom(1 << 16)
    assert reply == payload, f'{len(payload)} bytes sent, {len(reply)} came back, or others'
    assert peer[:2] == address, f'{peer} answered for {address}'


@case
def payloads(address):
    """Text, every value of a byte, the largest datagram, an empty one, and one more."""
    sock = client(address)
    sent = ['¡Qué tal!\n'.encode(), bytes(range(256)), bytes(range(256)) * 255 + bytes(227), b'', b'after']
    assert len(sent[2]) == LARGEST
    for payload in sent:
        exchange(sock, address, payload)
    print('equal', len(sent))


@case
def in_a_row(address, count):
    """Clients one after the other, each with a socket of its own."""
    for number in range(int(count)):
        with client(address) as sock:
            exchange(sock, address, b'client %d' % number)
    print('equal', count)


@case
def lockstep(address, count, kind, manner):
    """One client at full speed: it sends again as soon as it has its reply.

    kind: constant or varying bytes. manner: connected; unconnected, which takes any datagram for its reply as the
    practical's client does; or careful, which takes none but the server's.
    """
    sock = client(address)
    if manner == 'connected':
        sock.connect(address)
    for number in range(int(count)):
        payload = b'the same' if kind == 'constant' else b'number %d' % number
        if manner == 'connected':
            sock.send(payload)
            reply = sock.recv(1 << 16)
        else:
            sock.sendto(payload, address)
            reply, peer = sock.recvfrom(1 << 16)
            while manner == 'careful' and peer[:2] != address:
                reply, peer = sock.recvfrom(1 << 16)
        assert reply == payload, f'exchange {number}: {reply}'
    print('equal', count)


@case
def refused_and_served(address, refused, served):
    """A client at an address that is refused, then one that is served: the server takes their datagrams in order."""
    outsider, guest = client(address, refused), client(address, served)
    outsider.sendto(b'let me in', address)
    exchange(guest, address, b'good day')
    outsider.setblocking(False)
    try:
        outsider.recv(1 << 16)
    except BlockingIOError:
        print('as expected')
    else:
        raise AssertionError(f'{refused} was served')


@case
def forge(address, host, port):
    """Sends one datagram that seems to come from HOST:PORT, where nobody is yet."""
    with client(address) as sock:
        sock.bind((host, int(port)))
        sock.sendto(b'forged', address)
    print('sent')


if __name__ == '__main__':
    target = (sys.argv[1], int(sys.argv[2]))
    CASES[sys.argv[3]](target, *sys.argv[4:])
