# Una estudiante que probó solo sin servidor: el programa ya no lee ninguna respuesta.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.sendto(b"hola", ("127.0.0.1", 3500))
print("No hay servidor: no se espera respuesta")
