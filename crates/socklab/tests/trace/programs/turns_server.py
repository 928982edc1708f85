"""A conversation over TCP by turns: answers each line, and ends with the other side's end."""

import socket
import sys

with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((sys.argv[1], int(sys.argv[2])))
    listener.listen(1)
    print('listening', flush=True)
    other, _ = listener.accept()
    with other:
        while line := other.recv(1024):
            print(line.hex(), flush=True)
            other.sendall(b'you said ' + line)
