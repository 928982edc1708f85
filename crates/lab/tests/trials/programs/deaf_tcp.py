import socket

s = socket.create_server(('127.0.0.1', 3500))
s.close()
