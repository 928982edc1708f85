# A student who prints the second of what recvfrom() returned: who answered, not what.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.sendto(b"hello", ("127.0.0.1", 3500))
reply = sock.recvfrom(1024)
print("reply:", reply[1])
