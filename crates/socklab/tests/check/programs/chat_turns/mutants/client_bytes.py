# A student who prints bytes: b'\xc3\xb1' where ñ was meant.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
while True:
    try:
        sock.sendto(input("> ").encode(), ("127.0.0.1", 3500))
    except EOFError:
        break
    print("<", sock.recv(4096))
