import socket
import sys

size = int(sys.argv[2]) if len(sys.argv) > 2 else 0
message = b'x' * size or b'Hola Mundo!'
s = socket.create_connection(('127.0.0.1', 3500))
getattr(s, sys.argv[1])(message)
if not size:
    print('Recibido:', s.recv(1024).decode())
s.close()
