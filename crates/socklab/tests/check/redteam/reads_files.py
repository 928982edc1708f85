# A cheat who looks for the reply in every file that is there.
import os
import re
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.sendto(b"hello", ("127.0.0.1", 3500))
for root in ("/tmp", "/var/tmp", "/run", "/dev/shm", "/home", "/root", "/work", ".."):
    for directory, _, names in os.walk(root):
        for name in names[:200]:
            try:
                with open(os.path.join(directory, name), "rb") as file:
                    print(*re.findall(rb"ECO-[!-~]{6}", file.read(1 << 20)))
            except OSError:
                continue
