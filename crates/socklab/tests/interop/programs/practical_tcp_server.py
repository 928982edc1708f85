"""The practical's TCP server in behaviour: one client at a time, one recv() of 1024, one send(), close."""

import socket
import sys

host = sys.argv[1] if len(sys.argv) > 1 else '127.0.0.1'
port = int(sys.argv[2]) if len(sys.argv) > 2 else 3500

sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
sock.bind((host, port))
sock.listen(5)
print(f'Socket creado, escuchando en {host}:{sock.getsockname()[1]}', flush=True)
while True:
    client, address = sock.accept()
    piece = client.recv(1024)
    print(f'Conexion desde: {address[0]}:{address[1]}', flush=True)
    if piece:
        client.send(piece)
    client.close()
