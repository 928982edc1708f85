# Un estudiante que contesta una explicación en lugar de lo que recibió.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    data, _, flags, peer = sock.recvmsg(16)
    sock.sendto(b"mensaje cortado" if flags & socket.MSG_TRUNC else data, peer)
