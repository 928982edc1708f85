import socket

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('127.0.0.1', 3500))
data, address = s.recvfrom(2048)
s.sendto(data, address)
