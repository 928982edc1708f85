# A student who prints the reply and then uses a socket that is closed.
import socket

sock = socket.create_connection(("127.0.0.1", 3500))
sock.sendall(b"hello")
reply = sock.recv(1024)
sock.close()
print("reply:", reply.decode())
sock.sendall(b"bye")
