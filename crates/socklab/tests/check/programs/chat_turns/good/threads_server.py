# Una estudiante con un hilo que recibe y otro que lee el teclado: se puede hablar sin esperar turno.
import socket
import sys
import threading

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
last = None


def hear():
    global last
    while True:
        data, last = sock.recvfrom(65535)
        print("<", data.decode(errors="replace"), flush=True)


threading.Thread(target=hear, daemon=True).start()
for line in sys.stdin:
    if last:
        sock.sendto(b"servidor: " + line.rstrip("\n").encode(), last)
