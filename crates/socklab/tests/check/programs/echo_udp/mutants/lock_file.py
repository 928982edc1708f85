# Una estudiante que evita arrancar dos veces con un archivo, y no lo borra si la matan.
import os
import socket

os.close(os.open("server.lock", os.O_CREAT | os.O_EXCL))
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    data, peer = sock.recvfrom(2048)
    sock.sendto(data, peer)
