# Un estudiante que espera con select() el teclado y el socket a la vez.
import select
import socket
import sys

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.connect(("127.0.0.1", 3500))
while True:
    ready, _, _ = select.select([sys.stdin, sock], [], [])
    if sock in ready:
        print("<", sock.recv(65535).decode(errors="replace"), flush=True)
    if sys.stdin in ready:
        line = sys.stdin.readline()
        if not line:
            break
        sock.send(line.rstrip("\n").encode())
