# Un estudiante que se protege de mensajes largos con assert.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    data, peer = sock.recvfrom(65535)
    assert len(data) <= 1024, "too long"
    sock.sendto(data, peer)
