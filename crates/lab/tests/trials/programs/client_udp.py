import socket

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.sendto(b'hola', ('localhost', 3500))
print('-->', s.recvfrom(1024)[0].decode())
