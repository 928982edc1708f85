# Una estudiante que contesta cada pedazo a medida que llega: el eco es un flujo, como lo recibido.
import socket
import threading


def attend(client):
    with client:
        try:
            while part := client.recv(16):
                client.sendall(part)
        except ConnectionError:
            pass


listener = socket.create_server(("127.0.0.1", 3500))
while True:
    threading.Thread(target=attend, args=(listener.accept()[0],), daemon=True).start()
