# A student who forgot listen(): accept() fails with EINVAL.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
sock.bind(("127.0.0.1", 3500))
while True:
    client, _ = sock.accept()
    client.sendall(client.recv(1024))
    client.close()
