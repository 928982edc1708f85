# Un estudiante que castiga: después de un denegado no atiende a nadie por una hora.
import socket
import time

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("0.0.0.0", 3500))
while True:
    data, peer = sock.recvfrom(1024)
    if peer[0] != "127.0.0.1":
        time.sleep(3600)
    sock.sendto(data, peer)
