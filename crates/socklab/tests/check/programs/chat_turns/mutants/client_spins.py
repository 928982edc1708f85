# Una estudiante que al terminar la entrada sigue preguntando, sin fin.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
while True:
    try:
        line = input("> ")
    except EOFError:
        continue
    sock.sendto(line.encode(), ("127.0.0.1", 3500))
    print("<", sock.recv(4096).decode(errors="replace"))
