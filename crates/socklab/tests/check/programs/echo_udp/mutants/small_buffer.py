# Una estudiante que cambió el búfer para probar 1.5.3 y lo dejó en 16.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    data, peer = sock.recvfrom(16)
    sock.sendto(data, peer)
