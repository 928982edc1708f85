# Una estudiante que reintenta sin límite: no se bloquea, y tampoco termina.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.settimeout(1)
while True:
    sock.sendto(b"hola", ("127.0.0.1", 3500))
    try:
        print("Respuesta:", sock.recvfrom(1024)[0].decode())
        break
    except TimeoutError:
        print("reintento")
