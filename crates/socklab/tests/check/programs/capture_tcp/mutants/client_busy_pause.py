# Un estudiante cuyo cliente mira el reloj en lugar de dormir.
import socket
import time

sock = socket.create_connection(("127.0.0.1", 3500))
sock.sendall(b"hola")
until = time.monotonic() + 3
while time.monotonic() < until:
    pass
print("Recibido:", sock.recv(1024).decode())
