# A student who reads a line and sends a constant.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
while True:
    try:
        line = input("> ")
    except EOFError:
        break
    sock.sendto(b"line", ("127.0.0.1", 3500))
    print("<", sock.recv(4096).decode(errors="replace"))
