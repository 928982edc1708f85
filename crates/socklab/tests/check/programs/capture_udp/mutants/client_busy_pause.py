# A student whose client waits by looking at the clock.
import socket
import time

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.sendto(b"hello", ("127.0.0.1", 3500))
until = time.monotonic() + 3
while time.monotonic() < until:
    pass
print("-->", sock.recvfrom(1024)[0].decode())
