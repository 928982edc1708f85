"""A process that echoes and one that asks it, over TCP: OPERATIONS round trips of four calls."""
import os
import socket
import sys
import time

operations, result = int(sys.argv[1]), sys.argv[2]
listener = socket.create_server(("127.0.0.1", 0))
if os.fork() == 0:
    connection, _ = listener.accept()
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    while message := connection.recv(64):
        connection.sendall(message)
    os._exit(0)

client = socket.create_connection(listener.getsockname())
client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def ask(times):
    for _ in range(times):
        client.sendall(b"x" * 32)
        client.recv(64)


ask(200)
began = time.perf_counter()
ask(operations)
seconds = time.perf_counter() - began
client.close()
os.wait()
with open(result, "w") as file:
    file.write(f"{seconds / operations * 1e6}\n")
