# Una estudiante que pregunta sin esperar si llegó la orden.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
sock.setblocking(False)
while True:
    try:
        data, peer = sock.recvfrom(1024)
    except BlockingIOError:
        continue
    if data == b"SALIR":
        break
    sock.sendto(data, peer)
