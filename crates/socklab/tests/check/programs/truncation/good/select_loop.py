# A student who waits with select() and then reads twelve bytes.
import select
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while select.select([sock], [], []):
    data, peer = sock.recvfrom(12)
    sock.sendto(data, peer)
