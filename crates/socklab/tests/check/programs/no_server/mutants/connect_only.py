# Un estudiante que solo conecta: se entera del puerto cerrado, pero un servidor mudo lo cuelga.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.connect(("127.0.0.1", 3500))
sock.send(b"hola")
try:
    print("Respuesta:", sock.recv(1024).decode())
except ConnectionRefusedError:
    print("no hay servidor")
