# A student whose break leaves the inner loop only.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    while True:
        data, peer = sock.recvfrom(1024)
        if data == b"SALIR":
            break
        sock.sendto(data, peer)
