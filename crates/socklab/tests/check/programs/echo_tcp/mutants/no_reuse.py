# A student without SO_REUSEADDR: the second start within a minute fails with EADDRINUSE.
import socket

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.bind(("127.0.0.1", 3500))
listener.listen()
while True:
    client, _ = listener.accept()
    try:
        client.sendall(client.recv(2048))
    except ConnectionError:
        pass
    client.close()
