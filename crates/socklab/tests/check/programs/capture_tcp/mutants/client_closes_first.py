# Un estudiante que cierra durante la pausa, y lee después.
import socket
import time

sock = socket.create_connection(("127.0.0.1", 3500))
sock.sendall(b"hola")
sock.close()
time.sleep(1)
print("Recibido:", sock.recv(1024).decode())
