# A student who takes a message of one byte for noise, because his terminal sent a newline alone.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    data, peer = sock.recvfrom(1024)
    if len(data) > 1:
        sock.sendto(data, peer)
