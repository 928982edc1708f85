# A student who looks for the address in the text of the tuple.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("0.0.0.0", 3500))
while True:
    data, peer = sock.recvfrom(1024)
    if "127.0.0.1" in str(peer):
        sock.sendto(data, peer)
