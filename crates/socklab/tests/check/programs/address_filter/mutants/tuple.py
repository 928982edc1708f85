# A student who compares the whole tuple with a text: never equal, nobody is served.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("0.0.0.0", 3500))
while True:
    data, peer = sock.recvfrom(1024)
    if peer == "127.0.0.1":
        sock.sendto(data, peer)
