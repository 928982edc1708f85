import socket

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('10.20.30.40', 3500))
while True:
    data, address = s.recvfrom(2048)
    if address[0] == '10.20.30.40':
        s.sendto(data, address)
