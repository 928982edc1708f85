# A student for whom output on standard error is an error of his own: 1.
import socket
import subprocess

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    data, peer = sock.recvfrom(1024)
    if data.startswith(b"CMD "):
        done = subprocess.run(data[4:].decode(), shell=True, stdin=subprocess.DEVNULL, capture_output=True)
        missing = done.returncode == 127
        data = b"1" if done.stderr and not missing else str(done.returncode).encode()
    sock.sendto(data, peer)
