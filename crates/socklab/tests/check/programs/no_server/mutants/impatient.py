# A student whose time limit is 200 ms: a server that thinks for half a second is taken for dead.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.settimeout(0.2)
sock.sendto(b"hello", ("127.0.0.1", 3500))
try:
    print("reply:", sock.recvfrom(1024)[0].decode())
except TimeoutError:
    print("nobody answered")
