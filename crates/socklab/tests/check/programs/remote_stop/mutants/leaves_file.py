# A student who notes in a file that the server runs, and leaves it there: the next start is refused.
import os
import socket
import sys

if os.path.exists("running"):
    sys.exit("it runs already")
open("running", "w").close()
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    data, peer = sock.recvfrom(1024)
    if data == b"SALIR":
        break
    sock.sendto(data, peer)
