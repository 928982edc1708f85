"""A student's chat over TCP, the practical's 1.5.4 over its section 2. Usage: chat_tcp.py server|client HOST PORT

The server answers each message with what is typed; the client begins. Whoever types 'chau' ends.
"""

import socket
import sys

LONG_MENSAJE = 1024

role, host, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
if role == 'server':
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind((host, port))
    s.listen(5)
    print('escuchando', s.getsockname()[1])
    peer, address = s.accept()
else:
    s.connect((host, port))
    peer = s
    peer.sendall(input().encode())

while True:
    data = peer.recv(LONG_MENSAJE)
    if not data:
        break
    print('-->', data.decode())
    if data.decode() == 'chau':
        break
    mensaje = input()
    peer.sendall(mensaje.encode())
    if mensaje == 'chau':
        break
peer.close()
