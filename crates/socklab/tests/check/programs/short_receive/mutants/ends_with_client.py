# Una estudiante cuyo servidor termina con su primer cliente.
import socket

listener = socket.create_server(("127.0.0.1", 3500))
client, _ = listener.accept()
pending = b""
try:
    while part := client.recv(16):
        pending += part
        while b"\n" in pending:
            line, _, pending = pending.partition(b"\n")
            client.sendall(line + b"\n")
except ConnectionError:
    pass
