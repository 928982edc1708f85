# Una estudiante que envía de a cinco bytes, y supone que cada send() envía los cinco.
import socket

message = b"un mensaje enviado en pedazos"
with socket.create_connection(("127.0.0.1", 3500)) as sock:
    for start in range(0, len(message), 5):
        sock.send(message[start : start + 5])
    print("Recibido:", sock.recv(1024).decode(errors="replace"))
