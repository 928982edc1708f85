# Una estudiante que escribió el mensaje de fin con cuidado y olvidó bind().
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
while True:
    data, peer = sock.recvfrom(1024)
    if data == b"SALIR":
        break
    sock.sendto(data, peer)
sock.close()
