# El que envía es correcto.
import socket
import struct
import sys

text = sys.argv[1].encode()
with open(sys.argv[2], "rb") as file:
    image = file.read()
with socket.create_connection(("127.0.0.1", 3500)) as sock:
    sock.sendall(struct.pack("!II", len(text), len(image)) + text + image)
