# Una estudiante que usa subprocess: returncode ya es lo que se pide.
import socket
import subprocess

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    data, peer = sock.recvfrom(4096)
    text = data.decode(errors="replace")
    if text.startswith("!"):
        done = subprocess.run(text[1:], shell=True, stdin=subprocess.DEVNULL)
        sock.sendto(f"status {done.returncode}".encode(), peer)
    else:
        sock.sendto(data, peer)
