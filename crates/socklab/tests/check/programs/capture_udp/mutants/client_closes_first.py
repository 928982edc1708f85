# A student who put close() before the pause and recvfrom() behind it: EBADF.
import socket
import time

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.sendto(b"hello", ("127.0.0.1", 3500))
sock.close()
time.sleep(1)
print("-->", sock.recvfrom(1024)[0].decode())
