# Una estudiante que probó con dos clientes, y escribió un servidor para dos.
import signal
import socket

with socket.create_server(("127.0.0.1", 3500), backlog=1) as listener:
    for _ in range(2):
        client, _ = listener.accept()
        with client:
            client.sendall(client.recv(1024))
signal.pause()
