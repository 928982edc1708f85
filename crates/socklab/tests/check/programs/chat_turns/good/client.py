# A student whose client types first.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
while True:
    try:
        line = input("you: ")
    except EOFError:
        break
    sock.sendto(line.encode(), ("127.0.0.1", 3500))
    print("server:", sock.recvfrom(4096)[0].decode(errors="replace"))
