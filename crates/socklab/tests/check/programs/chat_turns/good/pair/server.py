# A pair that decorates what it sends with a name.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    data, peer = sock.recvfrom(65535)
    print(data.decode(errors="replace"))
    try:
        sock.sendto(("Ana: " + input("Ana> ")).encode(), peer)
    except EOFError:
        break
