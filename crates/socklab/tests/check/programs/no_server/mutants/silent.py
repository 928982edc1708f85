# Un estudiante que atrapa el error y no dice nada.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.settimeout(2)
sock.sendto(b"hola", ("127.0.0.1", 3500))
try:
    print("Respuesta:", sock.recvfrom(1024)[0].decode())
except TimeoutError:
    pass
