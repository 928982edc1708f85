# A student who compares bytes with bytes and leaves the loop.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    data, peer = sock.recvfrom(1024)
    if data == b"SALIR":
        break
    sock.sendto(data, peer)
sock.close()
