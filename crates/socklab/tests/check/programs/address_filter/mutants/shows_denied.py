# A student who shows what strangers said, as UTF-8 whatever it is: robust.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("0.0.0.0", 3500))
while True:
    data, peer = sock.recvfrom(1024)
    if peer[0] == "127.0.0.1":
        sock.sendto(data, peer)
    else:
        print("ignored:", data.decode())
