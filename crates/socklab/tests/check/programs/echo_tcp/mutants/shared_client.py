# Un estudiante que guarda el cliente en una variable global: con dos a la vez, contesta al último.
import socket
import threading

client = None


def attend(mine):
    global client
    data = mine.recv(2048)
    client.sendall(data)
    client.shutdown(socket.SHUT_WR)


listener = socket.create_server(("127.0.0.1", 3500))
while True:
    client, _ = listener.accept()
    threading.Thread(target=attend, args=(client,), daemon=True).start()
