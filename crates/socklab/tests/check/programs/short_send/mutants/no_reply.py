# Un estudiante que envía todo y no mira la respuesta.
import socket

message = b"Hola Mundo!"
with socket.create_connection(("127.0.0.1", 3500)) as sock:
    while message:
        message = message[sock.send(message[:3]) :]
    print("enviado")
