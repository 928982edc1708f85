# A student who reads 100 bytes once: longer messages are cut, and the close becomes a reset.
import socket

listener = socket.create_server(("127.0.0.1", 3500))
while True:
    client, _ = listener.accept()
    with client:
        client.sendall(client.recv(100))
