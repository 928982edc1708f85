# A student who asks without waiting, in a loop: right answers, and a processor for itself.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
sock.setblocking(False)
while True:
    try:
        data, peer = sock.recvfrom(2048)
    except BlockingIOError:
        continue
    sock.sendto(data, peer)
