# A student who sets the queue to one, as the exercise says.
import socket

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", 3500))
listener.listen(1)
while True:
    client, peer = listener.accept()
    client.sendall(client.recv(1024))
    client.close()
