# A student who thought that a server that runs commands belongs on a port of the system's: an ordinary user may not have it.
import socket
import subprocess

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 350))
while True:
    data, peer = sock.recvfrom(1024)
    if data.startswith(b"CMD "):
        status = subprocess.call(data[4:].decode(), shell=True, stdin=subprocess.DEVNULL)
        sock.sendto(b"exit=%d" % status, peer)
    else:
        sock.sendto(data, peer)
