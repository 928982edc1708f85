# Una estudiante sin shell: si el programa no existe, subprocess lanza una excepción y ella contesta 1.
import socket
import subprocess

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    data, peer = sock.recvfrom(1024)
    if data.startswith(b"CMD "):
        command = data[4:].decode()
        words = ["sh", "-c", command] if set(command) & set(";&|>$\"' ") else [command]
        try:
            status = subprocess.call(words, stdin=subprocess.DEVNULL)
        except FileNotFoundError:
            status = 1
        data = str(status).encode()
    sock.sendto(data, peer)
