# Una estudiante que ya no hace eco: solo espera la orden.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while sock.recvfrom(1024)[0] != b"SALIR":
    pass
