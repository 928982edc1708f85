"""Uses the network, and tries to change it."""
import fcntl
import socket
import struct

listener = socket.create_server(("127.0.0.1", 3500))
client = socket.create_connection(("localhost", 3500))
client.sendall(b"hello")
print(listener.accept()[0].recv(5).decode())
SIOCSIFFLAGS, SIOCSIFADDR, SIOCETHTOOL, SIOCADDRT = 0x8914, 0x8916, 0x8946, 0x890B
for name, request, data in (
    ("flags", SIOCSIFFLAGS, struct.pack("16sh22x", b"lo", 0)),
    ("address", SIOCSIFADDR, struct.pack("16sHH4s16x", b"lo:1", socket.AF_INET, 0, bytes([10, 0, 0, 1]))),
):
    try:
        fcntl.ioctl(client, request, data)
        print(name, "changed")
    except OSError as error:
        print(name, error.strerror)
try:
    socket.create_connection(("192.0.2.1", 80), timeout=1)
except OSError as error:
    print("outside", error.strerror)
