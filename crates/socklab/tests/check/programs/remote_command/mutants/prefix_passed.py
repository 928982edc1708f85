# Una estudiante que pasa el mensaje entero al shell: el comando CMD no existe, 127.
import os
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    data, peer = sock.recvfrom(1024)
    if data.startswith(b"CMD "):
        data = str(os.waitstatus_to_exitcode(os.system(data.decode() + " </dev/null"))).encode()
    sock.sendto(data, peer)
