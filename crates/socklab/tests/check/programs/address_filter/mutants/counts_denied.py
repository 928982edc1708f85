# Un estudiante que anota a los denegados en una lista con lugar para cien.
import socket

denied = [None] * 100
count = 0
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("0.0.0.0", 3500))
while True:
    data, peer = sock.recvfrom(1024)
    if peer[0] == "127.0.0.1":
        sock.sendto(data, peer)
    else:
        denied[count] = peer
        count += 1
