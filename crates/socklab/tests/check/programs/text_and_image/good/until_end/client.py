# La que envía: JSON con escapes, así que no hay fin de línea dentro del renglón.
import json
import socket
import sys

with open(sys.argv[2], "rb") as file:
    image = file.read()
with socket.create_connection(("127.0.0.1", 3500)) as sock:
    sock.sendall(json.dumps({"text": sys.argv[1], "bytes": len(image)}).encode() + b"\n")
    sock.sendall(image)
    sock.shutdown(socket.SHUT_WR)
