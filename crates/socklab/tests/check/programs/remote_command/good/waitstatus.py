# A student who turns the wait status of os.system() into an exit status.
import os
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    data, peer = sock.recvfrom(1024)
    if data.startswith(b"CMD "):
        status = os.waitstatus_to_exitcode(os.system(data[4:].decode() + " </dev/null"))
        sock.sendto(b"exit=%d" % status, peer)
    else:
        sock.sendto(data, peer)
