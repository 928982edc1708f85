# Un estudiante que después de contestar vacía la cola, para empezar de nuevo: se pierde el segundo mensaje.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    data, peer = sock.recvfrom(4096)
    print("<", data.decode(errors="replace"))
    try:
        sock.sendto(input("> ").encode(), peer)
    except EOFError:
        break
    try:
        while True:
            sock.recv(4096, socket.MSG_DONTWAIT)
    except BlockingIOError:
        pass
