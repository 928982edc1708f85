# A student who asks before he prints: the operator answers what he has not read.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    data, peer = sock.recvfrom(4096)
    try:
        answer = input("> ")
    except EOFError:
        break
    print("client:", data.decode(errors="replace"))
    sock.sendto(answer.encode(), peer)
