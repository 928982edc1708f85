# Una estudiante que cierra el socket y sigue en el lazo: OSError, Bad file descriptor.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    data, peer = sock.recvfrom(1024)
    if data == b"SALIR":
        sock.close()
    else:
        sock.sendto(data, peer)
