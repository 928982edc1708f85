# Una estudiante que espera mirando el reloj.
import socket
import time

listener = socket.create_server(("127.0.0.1", 3500))
while True:
    client, _ = listener.accept()
    with client:
        data = client.recv(1024)
        until = time.monotonic() + 2
        while time.monotonic() < until:
            pass
        client.sendall(data)
