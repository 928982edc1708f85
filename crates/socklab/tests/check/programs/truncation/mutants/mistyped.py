# Un estudiante que cambió el tamaño del búfer y dejó el nombre viejo en una línea: el programa termina antes de escuchar.
import socket

BUFFER = 8
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
print("escuchando con un búfer de", BUFER)
sock.bind(("127.0.0.1", 3500))
while True:
    data, peer = sock.recvfrom(BUFFER)
    sock.sendto(data, peer)
