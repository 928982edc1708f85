# A student who sends four bytes at a time and looks at what send() returns.
import socket

message = "Hola Mundo! ¿Llegó todo?".encode()
with socket.create_connection(("127.0.0.1", 3500)) as sock:
    sent = 0
    while sent < len(message):
        sent += sock.send(message[sent : sent + 4])
    print("Recibido:", sock.recv(1024).decode(errors="replace"))
