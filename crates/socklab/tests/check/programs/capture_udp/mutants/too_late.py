# A student who sleeps for an hour before bind(), and went to lunch.
import socket
import time

time.sleep(3600)
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    sock.sendto(*sock.recvfrom(1024))
