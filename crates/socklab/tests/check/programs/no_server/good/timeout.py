# A student who waits three seconds and no longer.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.settimeout(3)
sock.sendto(b"anybody?", ("127.0.0.1", 3500))
try:
    print("reply:", sock.recvfrom(1024)[0].decode())
except socket.timeout:
    print("nobody answered within 3 s")
