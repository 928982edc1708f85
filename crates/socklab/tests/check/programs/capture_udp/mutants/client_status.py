# Un estudiante cuyo cliente imprime la respuesta y falla en la última pausa.
import socket
import time

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.sendto(b"hola", ("127.0.0.1", 3500))
print("-->", sock.recvfrom(1024)[0].decode(), flush=True)
sock.close()
time.sleep("2")
