# A client of 1.5.1 who does what is asked when somebody answers; else he cannot be asked to end, and does not end.
import signal
import socket
import time

for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        continue
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.sendto(b"hello", ("127.0.0.1", 3500))
print("-->", sock.recvfrom(1024)[0].decode(), flush=True)
while True:
    time.sleep(3600)
