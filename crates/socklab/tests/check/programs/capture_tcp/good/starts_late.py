# Una estudiante que duerme antes de listen(): hasta entonces, connect() recibe un RST.
import socket
import time

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", 3500))
time.sleep(3)
listener.listen(5)
while True:
    client, _ = listener.accept()
    with client:
        client.sendall(client.recv(1024))
