# A student whose client says that it has no more, and reads to the end.
import socket

with socket.create_connection(("127.0.0.1", 3500)) as sock:
    sock.sendall(b"hello")
    sock.shutdown(socket.SHUT_WR)
    reply = b""
    while part := sock.recv(1024):
        reply += part
print("reply:", reply.decode(errors="replace"))
