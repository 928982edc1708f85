# A student who writes what the section shows, in the plainest way.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    message, sender = sock.recvfrom(2048)
    sock.sendto(message, sender)
