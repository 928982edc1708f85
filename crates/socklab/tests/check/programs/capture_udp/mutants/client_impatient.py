# A student whose client waits one second for a server that takes two.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.settimeout(1)
sock.sendto(b"hello", ("127.0.0.1", 3500))
try:
    print("-->", sock.recvfrom(1024)[0].decode())
except TimeoutError:
    print("no reply")
