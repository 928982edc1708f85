# A student who had read that listen(1) was about two clients, wanted one, and left it out.
import socket

listener = socket.socket()
listener.bind(("127.0.0.1", 3500))
while True:
    connection, _ = listener.accept()
    connection.sendall(connection.recv(1024))
    connection.close()
