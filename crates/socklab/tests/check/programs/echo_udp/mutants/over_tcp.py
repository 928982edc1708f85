# A student who copied the first line from the second part: SOCK_STREAM.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
sock.bind(("127.0.0.1", 3500))
sock.listen()
while True:
    client, _ = sock.accept()
    client.sendall(client.recv(1024))
    client.close()
