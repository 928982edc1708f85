# A student who left the queue at five.
import socket

with socket.create_server(("127.0.0.1", 3500), backlog=5) as listener:
    while True:
        client, _ = listener.accept()
        with client:
            client.sendall(client.recv(1024))
