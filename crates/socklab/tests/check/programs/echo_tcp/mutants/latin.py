# Una estudiante que descarta lo que no es ASCII.
import socket

listener = socket.create_server(("127.0.0.1", 3500))
while True:
    client, _ = listener.accept()
    with client:
        client.sendall(client.recv(2048).decode("ascii", errors="ignore").encode())
