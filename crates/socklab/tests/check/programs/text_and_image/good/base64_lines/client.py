# The sender of two lines.
import base64
import socket
import sys

with socket.create_connection(("127.0.0.1", 3500)) as sock, open(sys.argv[2], "rb") as file:
    for part in (sys.argv[1].encode(), file.read()):
        sock.sendall(base64.b64encode(part) + b"\n")
