# A student who did not think of a client that breaks off: ConnectionResetError ends the server.
import socket

listener = socket.create_server(("127.0.0.1", 3500))
while True:
    client, _ = listener.accept()
    with client:
        client.sendall(client.recv(2048))
