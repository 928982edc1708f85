# A student who sleeps before the reply: meanwhile datagrams wait in the kernel's queue.
import socket
import time

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    data, peer = sock.recvfrom(1024)
    time.sleep(2)
    sock.sendto(data, peer)
