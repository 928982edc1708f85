import socket
import time

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('127.0.0.1', 3500))
time.sleep(1)
s.setblocking(False)
try:
    while True:
        s.recvfrom(2048)
except BlockingIOError:
    s.setblocking(True)
print('listo')
while True:
    data, address = s.recvfrom(2048)
    s.sendto(data, address)
