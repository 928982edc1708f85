# A student who trusts recv(4) to give four bytes: right until the header comes in pieces.
import socket
import struct

listener = socket.create_server(("127.0.0.1", 3500))
while True:
    client, _ = listener.accept()
    with client:
        try:
            while header := client.recv(4):
                (size,) = struct.unpack("!I", header)
                message = b""
                while len(message) < size and (part := client.recv(min(64, size - len(message)))):
                    message += part
                client.sendall(header + message)
        except (ConnectionError, struct.error):
            pass
