# A cheat of 1.5.6 who reads the status in the command, and never runs it.
import re
import socket
import time

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    data, peer = sock.recvfrom(1024)
    if data.startswith(b"CMD "):
        text = data[4:].decode()
        for seconds in re.findall(r"sleep (\d+)", text):
            time.sleep(int(seconds))
        said = re.search(r"exit (\d+)", text)
        data = said[1].encode() if said else {"true": b"0", "false": b"1"}.get(text, b"127")
    sock.sendto(data, peer)
