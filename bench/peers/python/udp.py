"""Echo over UDP: every datagram goes back to its source.

Usage: udp.py PORT
"""

import socket
import sys

DATAGRAM_BYTES_MAX = 65_507


def main():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", int(sys.argv[1])))
        print("listening {}:{}".format(*server.getsockname()), flush=True)
        while True:
            data, source = server.recvfrom(DATAGRAM_BYTES_MAX)
            server.sendto(data, source)


main()
