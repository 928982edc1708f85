# Una estudiante que duerme una hora antes de enviar.
import socket
import time

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
time.sleep(3600)
sock.sendto(b"hola", ("127.0.0.1", 3500))
print("-->", sock.recvfrom(1024)[0].decode())
