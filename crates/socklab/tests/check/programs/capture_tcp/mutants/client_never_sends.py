# A student who connects and sleeps for an hour before he sends.
import socket
import time

sock = socket.create_connection(("127.0.0.1", 3500))
time.sleep(3600)
sock.sendall(b"hello")
print("reply:", sock.recv(1024).decode())
