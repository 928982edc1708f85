# Un estudiante que llama a sys.exit() en un hilo: termina el hilo, y nada más.
import socket
import sys
import threading

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))


def attend(data, peer):
    if data == b"SALIR":
        sys.exit(0)
    sock.sendto(data, peer)


while True:
    threading.Thread(target=attend, args=sock.recvfrom(1024)).start()
