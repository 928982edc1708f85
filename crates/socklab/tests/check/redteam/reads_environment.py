# A cheat who looks for the reply in his environment, his arguments and the descriptors that were left open.
import os
import socket
import sys

print(os.environ, sys.argv)
for fd in range(3, 1024):
    try:
        os.set_blocking(fd, False)
        print(fd, os.readlink(f"/proc/self/fd/{fd}"), os.read(fd, 65536))
    except OSError:
        continue
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.sendto(b"hello", ("127.0.0.1", 3500))
