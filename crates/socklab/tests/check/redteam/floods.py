# A vandal who writes ten gigabytes to standard output, and answers only then.
import os
import socket

block = b"x" * (1 << 20)
for _ in range(10 * 1024):
    os.write(1, block)
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    sock.sendto(*sock.recvfrom(65535))
