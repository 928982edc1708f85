import socket

s = socket.socket()
s.bind(('127.0.0.1', 3500))
s.listen(1)
client, address = s.accept()
data = client.recv(1024)
client.sendall(data)
client.close()
