# A student who looks at the beginning: SALIRE ends the server, too. Robust.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    data, peer = sock.recvfrom(1024)
    if data.startswith(b"SALIR"):
        break
    sock.sendto(data, peer)
