# Una estudiante que arma de nuevo el comando con las palabras: se pierden las comillas.
import os
import shlex
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    data, peer = sock.recvfrom(1024)
    if data.startswith(b"CMD "):
        command = " ".join(shlex.split(data[4:].decode()))
        data = str(os.waitstatus_to_exitcode(os.system("exec </dev/null; " + command))).encode()
    sock.sendto(data, peer)
