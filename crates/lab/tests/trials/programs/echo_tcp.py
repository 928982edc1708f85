import socket
import sys

s = socket.socket()
if '--plain' not in sys.argv:
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(('127.0.0.1', 3500))
s.listen(5)
while True:
    client, address = s.accept()
    data = client.recv(1024)
    client.sendall(data)
    client.close()
