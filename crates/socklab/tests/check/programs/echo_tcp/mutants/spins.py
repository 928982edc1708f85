# Un estudiante con un hilo por cliente que no termina al recibir b'': queda girando.
import socket
import threading


def attend(client):
    while True:
        try:
            client.sendall(client.recv(2048))
        except OSError:
            return


listener = socket.create_server(("127.0.0.1", 3500))
while True:
    client, _ = listener.accept()
    threading.Thread(target=attend, args=(client,), daemon=True).start()
