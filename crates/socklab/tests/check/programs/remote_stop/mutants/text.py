# A student who compares bytes with a text: never equal.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    data, peer = sock.recvfrom(1024)
    if data == "SALIR":
        break
    sock.sendto(data, peer)
