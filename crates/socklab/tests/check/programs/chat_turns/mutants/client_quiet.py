# Una estudiante que espera la respuesta y no la muestra.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
while True:
    try:
        sock.sendto(input("> ").encode(), ("127.0.0.1", 3500))
    except EOFError:
        break
    sock.recv(4096)
