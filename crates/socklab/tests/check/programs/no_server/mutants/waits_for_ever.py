# A student who changed nothing: recvfrom() without a server never returns.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.sendto(b"hello", ("127.0.0.1", 3500))
print(sock.recvfrom(1024)[0].decode())
