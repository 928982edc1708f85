"""A student's chat over UDP, the practical's 1.5.4. Usage: chat_udp.py server|client HOST PORT

The server answers each message with what is typed; the client begins. Whoever types 'chau' ends.
"""

import socket
import sys

LONG_MENSAJE = 1024

role, host, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
if role == 'server':
    s.bind((host, port))
    print('escuchando', s.getsockname()[1])
    address = None
else:
    address = (host, port)
    s.sendto(input().encode(), address)

while True:
    data, address = s.recvfrom(LONG_MENSAJE)
    print('-->', data.decode())
    if data.decode() == 'chau':
        break
    mensaje = input()
    s.sendto(mensaje.encode(), address)
    if mensaje == 'chau':
        break
s.close()
