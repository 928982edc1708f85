# Un estudiante que pregunta sin esperar.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("0.0.0.0", 3500))
sock.setblocking(False)
while True:
    try:
        data, peer = sock.recvfrom(1024)
    except BlockingIOError:
        continue
    if peer[0] == "127.0.0.1":
        sock.sendto(data, peer)
