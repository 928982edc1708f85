# Una estudiante que atiende a cada cliente hasta que termina, uno por vez.
import socket

with socket.create_server(("127.0.0.1", 3500), backlog=1) as listener:
    while True:
        client, _ = listener.accept()
        with client:
            while data := client.recv(1024):
                client.sendall(data)
