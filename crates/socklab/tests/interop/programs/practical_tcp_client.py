"""The practical's TCP client in behaviour: sendall(), then one recv() of 1024, no half-close."""

import socket
import sys

host = sys.argv[1] if len(sys.argv) > 1 else '127.0.0.1'
port = int(sys.argv[2]) if len(sys.argv) > 2 else 3500

with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as sock:
    sock.connect((host, port))
    sock.sendall(b'Hola Mundo!')
    reply = sock.recv(1024)
print('Recibido: ', reply.decode())
