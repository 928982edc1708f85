# Una estudiante que termina con exit(1), porque uno es verdadero.
import socket
import sys

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.sendto(b"hola", ("127.0.0.1", 3500))
print(sock.recvfrom(1024)[0].decode())
sys.exit(1)
