# A student who asks select() whether something came.
import select
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.sendto(b"hi", ("127.0.0.1", 3500))
if select.select([sock], [], [], 4)[0]:
    print(sock.recv(1024).decode())
else:
    print("there is no server, it seems")
