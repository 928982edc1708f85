# Un estudiante que olvidó bind(): el socket no tiene puerto, y nadie puede escribirle.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
while True:
    data, peer = sock.recvfrom(1024)
    sock.sendto(data, peer)
