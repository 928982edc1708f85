# La que envía no mira si la imagen tiene la marca adentro.
import socket
import sys

with socket.create_connection(("127.0.0.1", 3500)) as sock, open(sys.argv[2], "rb") as file:
    sock.sendall(sys.argv[1].encode() + b"--IMAGEN--" + file.read())
