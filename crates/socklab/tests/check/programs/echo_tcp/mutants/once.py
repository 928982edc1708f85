# A student who closes the listener with the client: the next one is refused.
import signal
import socket

listener = socket.create_server(("127.0.0.1", 3500))
for _ in range(3):
    client, _ = listener.accept()
    with client:
        client.sendall(client.recv(2048))
listener.close()
signal.pause()
