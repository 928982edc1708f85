# Un estudiante que espera el error en sendto(): ahí no llega, y recvfrom() espera para siempre.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
try:
    sock.sendto(b"hola", ("127.0.0.1", 3500))
except ConnectionRefusedError:
    print("no hay servidor")
else:
    print(sock.recvfrom(1024)[0].decode())
