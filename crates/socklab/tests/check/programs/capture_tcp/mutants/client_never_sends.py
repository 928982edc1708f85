# A student who connects and, to look at the capture, waits for a signal before he sends.
import signal
import socket

sock = socket.create_connection(("127.0.0.1", 3500))
signal.pause()
sock.sendall(b"hello")
print("reply:", sock.recv(1024).decode())
