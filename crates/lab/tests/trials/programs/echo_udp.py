import socket
import sys

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('' if '--any' in sys.argv else 'localhost', 3500))
while True:
    data, address = s.recvfrom(2048)
    s.sendto(data, address)
