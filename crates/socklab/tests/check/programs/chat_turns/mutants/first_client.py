# Un estudiante que contesta siempre al primero que habló.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
first = None
while True:
    data, peer = sock.recvfrom(4096)
    first = first or peer
    print("<", data.decode(errors="replace"))
    try:
        sock.sendto(input("> ").encode(), first)
    except EOFError:
        break
