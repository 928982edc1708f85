# A student who set a time limit and did not catch what it raises.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.settimeout(2)
sock.sendto(b"hello", ("127.0.0.1", 3500))
print("reply:", sock.recvfrom(1024)[0].decode())
