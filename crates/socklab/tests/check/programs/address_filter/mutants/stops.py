# A student who leaves the loop instead of going on with the next message.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("0.0.0.0", 3500))
while True:
    data, peer = sock.recvfrom(1024)
    if peer[0] != "127.0.0.1":
        print("not allowed")
        break
    sock.sendto(data, peer)
