"""A program that makes OPERATIONS calls that have nothing to do with sockets."""
import os
import sys
import time

operations, result = int(sys.argv[1]), sys.argv[2]


def call(times, getppid=os.getppid):
    for _ in range(times):
        getppid()


call(200)
began = time.perf_counter()
call(operations)
seconds = time.perf_counter() - began
with open(result, "w") as file:
    file.write(f"{seconds / operations * 1e6}\n")
