"""The practical's UDP server in behaviour: a buffer of 1024, and no answer to an empty datagram."""

import socket
import sys

host = sys.argv[1] if len(sys.argv) > 1 else 'localhost'
port = int(sys.argv[2]) if len(sys.argv) > 2 else 3500

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind((host, port))
print(f'Socket creado, escuchando en {host}:{sock.getsockname()[1]}', flush=True)
while True:
    print('Esperando clientes...', flush=True)
    datagram, client = sock.recvfrom(1024)
    print(f'Conexion desde: {client[0]}:{client[1]}', flush=True)
    if datagram:
        sock.sendto(datagram, client)
