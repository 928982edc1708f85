# Una estudiante con un búfer de 100 bytes: una línea larga se corta. Robusto.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    data, peer = sock.recvfrom(100)
    print("<", data.decode(errors="replace"))
    try:
        sock.sendto(input("> ").encode(), peer)
    except EOFError:
        break
