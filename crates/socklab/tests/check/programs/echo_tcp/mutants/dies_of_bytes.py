# Una estudiante que imprime lo recibido como UTF-8, sea lo que sea.
import socket

listener = socket.create_server(("127.0.0.1", 3500))
while True:
    client, _ = listener.accept()
    with client:
        try:
            data = client.recv(2048)
            print("Recibí:", data.decode())
            client.sendall(data)
        except ConnectionError:
            pass
