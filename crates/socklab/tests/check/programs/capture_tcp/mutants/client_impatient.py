# Una estudiante cuyo cliente espera un segundo a un servidor que tarda dos.
import socket

sock = socket.create_connection(("127.0.0.1", 3500), timeout=1)
sock.sendall(b"hola")
try:
    print("Recibido:", sock.recv(1024).decode())
except TimeoutError:
    print("sin respuesta")
