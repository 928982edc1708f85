# A student whose client fails in its last pause, after the reply.
import socket
import time

sock = socket.create_connection(("127.0.0.1", 3500))
sock.sendall(b"hello")
print("reply:", sock.recv(1024).decode(), flush=True)
time.sleep(-1)
