"""A program that reads and writes what is no socket: OPERATIONS calls, half of them write and half read."""
import os
import sys
import time

operations, result = int(sys.argv[1]), sys.argv[2]
nothing = os.open("/dev/null", os.O_RDWR)


def write_and_read(times, write=os.write, read=os.read):
    for _ in range(times):
        write(nothing, b"x")
        read(nothing, 1)


write_and_read(200)
began = time.perf_counter()
write_and_read(operations // 2)
seconds = time.perf_counter() - began
with open(result, "w") as file:
    file.write(f"{seconds / operations * 1e6}\n")
