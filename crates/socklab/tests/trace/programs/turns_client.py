"""A conversation over TCP by turns: says a line, waits for the answer, five times; then ends its direction."""

import socket
import sys

with socket.create_connection((sys.argv[1], int(sys.argv[2]))) as other:
    for turn in range(5):
        line = b'turn %d\n' % turn
        other.sendall(line)
        answer = other.recv(1024)
        print(answer.hex(), flush=True)
    other.shutdown(socket.SHUT_WR)
    assert other.recv(1024) == b''
