# The sender: both lengths first, in network order, and of the bytes, not of the characters.
import pathlib
import socket
import struct
import sys

text = sys.argv[1].encode()
image = pathlib.Path(sys.argv[2]).read_bytes()
with socket.create_connection(("127.0.0.1", 3500)) as sock:
    sock.sendall(struct.pack("!IQ", len(text), len(image)) + text + image)
