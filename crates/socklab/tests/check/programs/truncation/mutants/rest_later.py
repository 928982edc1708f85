# A student who looks with MSG_PEEK and answers in two parts, to lose nothing: two replies for one message.
import socket

BUFFER = 8
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    data, peer = sock.recvfrom(65535)
    sock.sendto(data[:BUFFER], peer)
    if len(data) > BUFFER:
        sock.sendto(data[BUFFER:2 * BUFFER], peer)
