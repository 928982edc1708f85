# A student who reads to the end, and did not think of a client that breaks off.
import socket

listener = socket.create_server(("127.0.0.1", 3500))
while True:
    client, _ = listener.accept()
    with client:
        message = b""
        while part := client.recv(16):
            message += part
        client.sendall(message)
