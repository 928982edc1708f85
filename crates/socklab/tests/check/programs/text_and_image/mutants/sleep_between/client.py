# And the client that sleeps: time is no boundary, a network may join what it sends.
import socket
import sys
import time

with socket.create_connection(("127.0.0.1", 3500)) as sock, open(sys.argv[2], "rb") as file:
    sock.sendall(sys.argv[1].encode())
    time.sleep(0.5)
    sock.sendall(file.read())
