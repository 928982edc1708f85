# Una estudiante que al final prefirió sendall(), con un mensaje largo.
import socket

message = b"".join(b"renglon %05d\n" % number for number in range(4000))
with socket.create_connection(("127.0.0.1", 3500)) as sock:
    sock.sendall(message)
    print("Recibido:", sock.recv(4096).decode(errors="replace"))
