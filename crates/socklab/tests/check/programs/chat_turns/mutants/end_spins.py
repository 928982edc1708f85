# A student who catches the end of input and goes on: the loop spins.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    data, peer = sock.recvfrom(4096)
    print("<", data.decode(errors="replace"))
    answer = ""
    while not answer:
        try:
            answer = input("> ")
        except EOFError:
            continue
    sock.sendto(answer.encode(), peer)
