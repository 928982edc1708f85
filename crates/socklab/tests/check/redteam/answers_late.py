# Somebody who answers everything just in time, so that the whole takes as long as possible.
import socket
import time

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    data, peer = sock.recvfrom(65535)
    time.sleep(4.5)
    sock.sendto(data.upper(), peer)
