# A student who sleeps for an hour before listen().
import socket
import time

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.bind(("127.0.0.1", 3500))
time.sleep(3600)
listener.listen(5)
while True:
    client, _ = listener.accept()
    client.sendall(client.recv(1024))
