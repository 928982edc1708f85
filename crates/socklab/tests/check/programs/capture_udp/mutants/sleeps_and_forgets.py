# Un estudiante que después de dormir contesta otra cosa: la hora.
import socket
import time

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    data, peer = sock.recvfrom(1024)
    time.sleep(1)
    sock.sendto(time.ctime().encode(), peer)
