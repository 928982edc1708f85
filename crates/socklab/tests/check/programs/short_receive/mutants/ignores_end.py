# Un estudiante que no termina al recibir b'': gira con el procesador al máximo, y nadie más es atendido.
import socket

listener = socket.create_server(("127.0.0.1", 3500))
while True:
    client, _ = listener.accept()
    pending = b""
    while True:
        try:
            pending += client.recv(16)
        except ConnectionError:
            break
        while b"\n" in pending:
            line, _, pending = pending.partition(b"\n")
            client.sendall(line + b"\n")
