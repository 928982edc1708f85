# Una estudiante que se despide, y compara textos sin espacios alrededor.
import socket
import sys

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
    sock.bind(("127.0.0.1", 3500))
    while True:
        data, peer = sock.recvfrom(1024)
        if data.decode(errors="replace").strip() == "FIN":
            sock.sendto(b"chau", peer)
            print("termina por pedido de", peer)
            sys.exit(0)
        sock.sendto(data, peer)
