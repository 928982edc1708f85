# Una estudiante que imprime lo recibido: si la ñ quedó partida por el búfer, decode() lanza una excepción.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    data, peer = sock.recvfrom(8)
    print("Recibido:", data.decode())
    sock.sendto(data, peer)
