# Un estudiante que contesta a (HOST, PORT): se contesta a sí mismo, para siempre.
import socket

HOST, PORT = "127.0.0.1", 3500
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind((HOST, PORT))
while True:
    data, peer = sock.recvfrom(1024)
    sock.sendto(data, (HOST, PORT))
