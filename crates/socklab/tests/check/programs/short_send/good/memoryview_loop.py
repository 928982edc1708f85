# A student who moves a window over the message instead of copying the rest.
import socket

message = memoryview(bytes(range(256)) * 128)
with socket.create_connection(("127.0.0.1", 3500)) as sock:
    while message:
        message = message[sock.send(message) :]
    print("reply:", sock.recv(65536).decode(errors="replace"))
