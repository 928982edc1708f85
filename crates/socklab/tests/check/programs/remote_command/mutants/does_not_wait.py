# Un estudiante que lanza el comando y pregunta un instante después: si tarda, todavía no hay estado.
import socket
import subprocess
import time

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    data, peer = sock.recvfrom(1024)
    if data.startswith(b"CMD "):
        child = subprocess.Popen(data[4:].decode(), shell=True, stdin=subprocess.DEVNULL)
        time.sleep(0.6)
        data = str(child.poll() or 0).encode()
    sock.sendto(data, peer)
