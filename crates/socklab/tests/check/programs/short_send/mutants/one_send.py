# A student who replaced sendall() by send(), and that was all.
import socket

with socket.create_connection(("127.0.0.1", 3500)) as sock:
    sock.send(b"Hola Mundo!")
    print("reply:", sock.recv(1024).decode(errors="replace"))
