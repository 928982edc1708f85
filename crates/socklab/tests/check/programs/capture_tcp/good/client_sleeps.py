# Una estudiante con pausas en todas partes.
import socket
import time

sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
sock.connect(("127.0.0.1", 3500))
time.sleep(1)
sock.sendall(b"hola")
time.sleep(1)
reply = sock.recv(1024)
time.sleep(1)
sock.close()
print("Recibido:", reply.decode())
