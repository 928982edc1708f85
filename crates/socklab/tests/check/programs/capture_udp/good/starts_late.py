# Una estudiante que duerme antes de crear el socket, para ver qué pasa con lo que se envía antes.
import socket
import time

time.sleep(3)
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    data, peer = sock.recvfrom(1024)
    sock.sendto(data, peer)
