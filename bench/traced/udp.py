"""A socket that sends itself datagrams: OPERATIONS calls, half of them sendto and half recvfrom."""
import socket
import sys
import time

operations, result = int(sys.argv[1]), sys.argv[2]
me = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
me.bind(("127.0.0.1", 0))
address = me.getsockname()


def send_and_receive(times):
    for _ in range(times):
        me.sendto(b"x" * 32, address)
        me.recvfrom(64)


send_and_receive(200)
began = time.perf_counter()
send_and_receive(operations // 2)
seconds = time.perf_counter() - began
with open(result, "w") as file:
    file.write(f"{seconds / operations * 1e6}\n")
