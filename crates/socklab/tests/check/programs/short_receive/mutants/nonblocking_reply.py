# A student who sends the reply without waiting for room: a client that reads slowly gets a part of it.
import socket

listener = socket.create_server(("127.0.0.1", 3500))
while True:
    client, _ = listener.accept()
    with client:
        message = b""
        try:
            while part := client.recv(1024):
                message += part
            while message:
                client.settimeout(0.3)
                message = message[client.send(message) :]
        except OSError:
            pass
