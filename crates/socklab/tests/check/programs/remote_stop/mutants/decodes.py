# Un estudiante que decodifica para comparar: con otros bytes el servidor termina sin que nadie lo pida.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    data, peer = sock.recvfrom(1024)
    if data.decode() == "SALIR":
        break
    sock.sendto(data, peer)
