# Una estudiante que cree que una respuesta es un recv(): si viene en pedazos, imprime el primero.
import socket

with socket.create_connection(("127.0.0.1", 3500)) as sock:
    sock.sendall(b"hola")
    print("Recibido:", sock.recv(1024).decode())
