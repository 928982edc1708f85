# Una estudiante que pide la respuesta y después devuelve el mensaje recibido.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    data, peer = sock.recvfrom(4096)
    print("<", data.decode(errors="replace"))
    try:
        input("> ")
    except EOFError:
        break
    sock.sendto(data, peer)
