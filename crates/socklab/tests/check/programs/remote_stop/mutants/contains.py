# Una estudiante que usa «in»: «no quiero SALIR ahora» también lo apaga.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    data, peer = sock.recvfrom(1024)
    if b"SALIR" in data:
        break
    sock.sendto(data, peer)
