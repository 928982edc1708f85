# Un estudiante que divide en pedazos de cuatro y olvida el último, que es más corto.
import socket

message = b"Hola Mundo!"
with socket.create_connection(("127.0.0.1", 3500)) as sock:
    for number in range(len(message) // 4):
        sock.sendall(message[4 * number : 4 * number + 4])
    print("Recibido:", sock.recv(1024).decode(errors="replace"))
