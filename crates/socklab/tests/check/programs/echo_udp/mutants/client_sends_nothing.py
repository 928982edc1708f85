# A student who waits first: two that wait for each other.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.connect(("127.0.0.1", 3500))
print(sock.recv(1024).decode())
sock.send(b"hello")
