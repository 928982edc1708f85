# Una estudiante que descontó uno, porque Linux deja entrar uno más.
import socket

with socket.create_server(("127.0.0.1", 3500), backlog=0) as listener:
    while True:
        client, _ = listener.accept()
        with client:
            client.sendall(client.recv(1024))
