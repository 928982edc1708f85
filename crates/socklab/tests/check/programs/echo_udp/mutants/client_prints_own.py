# Un estudiante que imprime lo que envió: contra un servidor de eco no se nota.
import socket

message = b"hola"
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.sendto(message, ("127.0.0.1", 3500))
reply = sock.recvfrom(1024)
print("-->", message.decode())
