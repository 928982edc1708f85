# Una estudiante que espera mirando el reloj: la pausa ocupa un procesador entero.
import socket
import time

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    data, peer = sock.recvfrom(1024)
    until = time.monotonic() + 2
    while time.monotonic() < until:
        pass
    sock.sendto(data, peer)
