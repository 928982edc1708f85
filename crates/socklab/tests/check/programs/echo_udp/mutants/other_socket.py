# Un estudiante que abre un socket nuevo para contestar: la respuesta viene de otro puerto.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    data, peer = sock.recvfrom(2048)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as answer:
        answer.sendto(data, peer)
