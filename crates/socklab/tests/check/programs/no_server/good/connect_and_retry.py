# Una estudiante que conecta el socket, para enterarse enseguida, y además reintenta tres veces.
import socket
import sys

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.settimeout(1.5)
sock.connect(("127.0.0.1", 3500))
for intento in range(3):
    try:
        sock.send(b"hola")
        print("Respuesta:", sock.recv(1024).decode())
        break
    except ConnectionRefusedError:
        sys.exit("no hay servidor en ese puerto")
    except TimeoutError:
        print("sin respuesta, intento", intento + 1)
else:
    sys.exit("el servidor no contesta")
