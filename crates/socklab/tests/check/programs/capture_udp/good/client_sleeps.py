# Una estudiante con pausas en todas partes, para verlas en la captura.
import socket
import time

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
time.sleep(1)
sock.sendto(b"hola", ("127.0.0.1", 3500))
time.sleep(1)
reply = sock.recvfrom(1024)[0]
time.sleep(1)
sock.close()
print("-->", reply.decode())
