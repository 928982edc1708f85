# A student who prints the text that arrived, as UTF-8 whatever it is: robust, not required.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    data, peer = sock.recvfrom(2048)
    print("received", data.decode())
    sock.sendto(data, peer)
