# Una estudiante que entregó sin probar: falta un paréntesis.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM
sock.bind(("127.0.0.1", 3500))
