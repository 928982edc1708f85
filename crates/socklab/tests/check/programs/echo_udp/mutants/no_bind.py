# Un estudiante que olvidó bind(): el núcleo le da un puerto que nadie conoce.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.sendto(b"", ("127.0.0.1", 9))
while True:
    data, peer = sock.recvfrom(1024)
    sock.sendto(data, peer)
