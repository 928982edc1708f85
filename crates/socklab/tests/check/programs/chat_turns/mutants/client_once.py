# Un estudiante cuyo cliente termina después de la primera respuesta.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.sendto(input("> ").encode(), ("127.0.0.1", 3500))
print("<", sock.recv(4096).decode(errors="replace"))
