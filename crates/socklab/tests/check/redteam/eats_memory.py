# A vandal who takes all memory that there is: sixty-four gigabytes, and answers only then.
import socket

kept = []
for _ in range(64):
    kept.append(bytearray(b"x" * (1 << 30)))
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    sock.sendto(*sock.recvfrom(65535))
