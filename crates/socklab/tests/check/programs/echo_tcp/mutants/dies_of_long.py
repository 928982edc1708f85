# Una estudiante que rechaza lo largo con una excepción que nadie atrapa.
import socket

listener = socket.create_server(("127.0.0.1", 3500))
while True:
    client, _ = listener.accept()
    try:
        data = client.recv(65536)
        if len(data) > 1024:
            raise ValueError("demasiado largo")
        client.sendall(data)
    except ConnectionError:
        pass
    client.close()
