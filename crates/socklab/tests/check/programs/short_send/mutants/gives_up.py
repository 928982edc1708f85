# Una estudiante con un plazo de medio segundo: si el otro lee despacio, abandona el resto.
import socket

message = b"x" * 60_000
with socket.create_connection(("127.0.0.1", 3500)) as sock:
    sock.settimeout(0.5)
    sent = 0
    try:
        while sent < len(message):
            sent += sock.send(message[sent:])
    except TimeoutError:
        print("se enviaron", sent)
    sock.settimeout(None)
    print("Recibido:", sock.recv(1024).decode(errors="replace"))
