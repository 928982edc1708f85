# Un estudiante que no espera que alguien se conecte y no diga nada.
import socket

listener = socket.create_server(("127.0.0.1", 3500))
while True:
    client, _ = listener.accept()
    try:
        data = client.recv(2048)
    except ConnectionError:
        continue
    assert data, "nothing was sent"
    try:
        client.sendall(data)
    except ConnectionError:
        pass
    client.close()
