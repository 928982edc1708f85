# A pair of which each is right alone: the server's replies have a long greeting in front.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    data, peer = sock.recvfrom(4096)
    print("<", data.decode(errors="replace"))
    try:
        sock.sendto((80 * "-" + "\n" + input("> ")).encode(), peer)
    except EOFError:
        break
