# The client of the pair that decorates.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
while True:
    try:
        sock.sendto(("Beto: " + input("Beto> ")).encode(), ("127.0.0.1", 3500))
    except EOFError:
        break
    print(sock.recv(65535).decode(errors="replace"))
