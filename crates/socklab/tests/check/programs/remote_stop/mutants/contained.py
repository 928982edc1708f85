# A student who turned «in» round: any part of the word ends the server, and an empty message, too.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    data, peer = sock.recvfrom(1024)
    if data in b"SALIR":
        break
    sock.sendto(data, peer)
