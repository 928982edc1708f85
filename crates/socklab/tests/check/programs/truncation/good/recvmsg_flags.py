# Una estudiante que pregunta con recvmsg() si el mensaje fue cortado, y lo dice.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    data, _, flags, peer = sock.recvmsg(64)
    if flags & socket.MSG_TRUNC:
        print("cortado a", len(data), "bytes:", data.decode(errors="replace"))
    sock.sendto(data, peer)
