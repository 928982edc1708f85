# Una estudiante que atiende a cada cliente hasta que cierra, con un hilo por cliente.
import socket
import threading


def attend(client):
    try:
        with client:
            while data := client.recv(1024):
                client.sendall(data)
    except ConnectionError:
        pass


with socket.create_server(("127.0.0.1", 3500)) as listener:
    while True:
        client, _ = listener.accept()
        threading.Thread(target=attend, args=(client,), daemon=True).start()
