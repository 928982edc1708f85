# Una estudiante que agrega un saludo al eco.
import socket

listener = socket.create_server(("127.0.0.1", 3500))
while True:
    client, _ = listener.accept()
    with client:
        client.sendall(b"Eco: " + client.recv(2048))
