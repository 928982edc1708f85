# And the client's buffer has no room for greeting and line.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
while True:
    try:
        sock.sendto(input("> ").encode(), ("127.0.0.1", 3500))
    except EOFError:
        break
    print("<", sock.recv(80).decode(errors="replace"))
