# A student who, when send() was short, sends the message again from its beginning.
import socket

message = b"Hola Mundo!"
with socket.create_connection(("127.0.0.1", 3500)) as sock:
    total = 0
    while total < len(message):
        total += sock.send(message)
    print("reply:", sock.recv(1024).decode(errors="replace"))
