# Un estudiante que rechaza mensajes de más de 64 KB con una excepción.
import socket

listener = socket.create_server(("127.0.0.1", 3500))
while True:
    client, _ = listener.accept()
    with client:
        message = b""
        try:
            while part := client.recv(1024):
                message += part
                if len(message) > 65536:
                    raise ConnectionError("too much")
            client.sendall(message)
        except ConnectionError:
            pass
