# Una estudiante que termina con el mensaje vacío, como si fuera el fin de un flujo TCP.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    data, peer = sock.recvfrom(1024)
    if not data or data == b"SALIR":
        break
    sock.sendto(data, peer)
