# A student who prints what came, asks, and answers whoever spoke last.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    data, peer = sock.recvfrom(4096)
    print(f"{peer[0]}:{peer[1]}:", data.decode(errors="replace"))
    try:
        answer = input("> ")
    except EOFError:
        break
    sock.sendto(answer.encode(), peer)
