# A student who waits with select() and a time limit, to be able to do something else meanwhile.
import select
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.setblocking(False)
sock.bind(("127.0.0.1", 3500))
while True:
    readable, _, _ = select.select([sock], [], [], 5.0)
    if readable:
        data, peer = sock.recvfrom(4096)
        sock.sendto(data, peer)
