"""UDP servers. Usage: udp_server.py HOST PORT MANNER

It says "listening PORT" when it is ready, and one line for each datagram: "datagram BYTES".
"""

import socket
import sys


def echo(sock, payload, peer):
    sock.sendto(payload, peer)


def silent(_sock, _payload, _peer):
    pass


def late(sock, payload, peer):
    """Thinks for a while."""
    import time
    time.sleep(1.2)
    sock.sendto(payload, peer)


MANNERS = {'echo': echo, 'silent': silent, 'late': late, 'shared': echo}


def main():
    host, port, manner = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    sock = socket.socket(socket.AF_INET6 if ':' in host else socket.AF_INET, socket.SOCK_DGRAM)
    if manner == 'shared':
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    sock.bind((host, port))
    print('listening', sock.getsockname()[1], flush=True)
    while True:
        payload, peer = sock.recvfrom(1 << 16)
        print('datagram', len(payload), flush=True)
        MANNERS[manner](sock, payload, peer)


if __name__ == '__main__':
    main()
