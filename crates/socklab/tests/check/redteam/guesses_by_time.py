# A cheat of 1.5.6 who runs nothing, and answers in the order in which questions use to come.
import socket
import time

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
for guess in (b"0", b"1", b"3", b"255", b"127", b"5", b"9", b"7") * 100:
    data, peer = sock.recvfrom(1024)
    time.sleep(0.05)
    sock.sendto(guess if data.startswith(b"CMD ") else data, peer)
