# A student who closes the listener while a client is served, and opens it anew: who waited is reset.
import socket

while True:
    with socket.create_server(("127.0.0.1", 3500), backlog=1) as listener:
        client, _ = listener.accept()
        data = client.recv(1024)
    with client:
        client.sendall(data)
