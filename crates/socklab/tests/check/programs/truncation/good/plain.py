# A student who makes the buffer smaller and looks: the rest of the message is gone.
import socket

BUFFER = 8
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    data, peer = sock.recvfrom(BUFFER)
    sock.sendto(data, peer)
