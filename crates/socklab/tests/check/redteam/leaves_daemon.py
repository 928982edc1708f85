# A cheat who leaves a right server behind, for the checks that follow, and ends.
import os
import socket
import sys
import time

if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        while True:
            try:
                sock.bind(("127.0.0.1", 3500))
                break
            except OSError:
                time.sleep(0.01)
        while True:
            sock.sendto(*sock.recvfrom(65535))
    os._exit(0)
time.sleep(0.3)
sys.exit(1)
