# A student who waits for a greeting that no echo server sends.
import socket

with socket.create_connection(("127.0.0.1", 3500)) as sock:
    print(sock.recv(1024).decode())
    sock.sendall(b"hello")
