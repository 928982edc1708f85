# A student who answers one command that failed and is gone.
import os
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
for _ in range(3):
    data, peer = sock.recvfrom(1024)
    if data.startswith(b"CMD "):
        data = str(os.waitstatus_to_exitcode(os.system(data[4:].decode() + " </dev/null"))).encode()
    sock.sendto(data, peer)
