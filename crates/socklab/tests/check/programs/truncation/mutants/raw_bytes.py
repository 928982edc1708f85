# A student who decodes with care at the end of the buffer only: other bytes end the server. Robust.
import codecs
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    data, peer = sock.recvfrom(10)
    print("received:", codecs.getincrementaldecoder("utf-8")().decode(data, final=False))
    sock.sendto(data, peer)
