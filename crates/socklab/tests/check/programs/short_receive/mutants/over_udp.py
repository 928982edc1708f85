# Una estudiante que siguió con el servidor de la primera parte: junta lo que llega, pero por UDP.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
line = b""
while True:
    data, peer = sock.recvfrom(4)
    line += data
    if line.endswith(b"\n"):
        sock.sendto(line, peer)
        line = b""
