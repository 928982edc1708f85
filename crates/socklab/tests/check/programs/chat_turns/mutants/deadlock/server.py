# Una pareja que se traba si alguien pulsa Enter solo: el servidor no contesta al mensaje vacío.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    data, peer = sock.recvfrom(4096)
    if data:
        print("<", data.decode(errors="replace"))
        try:
            sock.sendto(input("> ").encode(), peer)
        except EOFError:
            break
