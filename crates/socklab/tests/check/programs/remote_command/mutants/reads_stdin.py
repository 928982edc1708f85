# A student whose commands read from a pipe that nobody writes to: cat waits for ever.
import os
import socket
import subprocess

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
quiet, _never_written = os.pipe()
while True:
    data, peer = sock.recvfrom(1024)
    if data.startswith(b"CMD "):
        data = str(subprocess.call(data[4:].decode(), shell=True, stdin=quiet)).encode()
    sock.sendto(data, peer)
