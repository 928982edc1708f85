# Un estudiante que después de la pausa cierra sin contestar.
import socket
import time

listener = socket.create_server(("127.0.0.1", 3500))
while True:
    client, _ = listener.accept()
    with client:
        client.recv(1024)
        time.sleep(1)
