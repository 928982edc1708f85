# A student who runs each command in a thread, so that others need not wait.
import socket
import subprocess
import threading

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))


def run(command, peer):
    status = subprocess.call(["/bin/sh", "-c", command], stdin=subprocess.DEVNULL)
    sock.sendto(str(status).encode(), peer)


while True:
    data, peer = sock.recvfrom(1024)
    if data[:4] == b"CMD ":
        threading.Thread(target=run, args=(data[4:].decode(), peer)).start()
    else:
        sock.sendto(data, peer)
