# Un estudiante que imprime lo que envió.
import socket

message = "Hola!"
with socket.create_connection(("127.0.0.1", 3500)) as sock:
    sock.sendall(message.encode())
    reply = sock.recv(1024)
print("Recibido:", message)
