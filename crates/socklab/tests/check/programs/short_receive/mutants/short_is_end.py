# Una estudiante que cree que un recv() corto es el fin: si el mensaje llena el búfer justo, espera para siempre.
import socket

BUFFER = 16
listener = socket.create_server(("127.0.0.1", 3500))
while True:
    client, _ = listener.accept()
    with client:
        message = part = client.recv(BUFFER)
        while len(part) == BUFFER:
            part = client.recv(BUFFER)
            message += part
        client.sendall(message)
