"""A program that sends OPERATIONS datagrams of 64 bytes, 100,000 in each second, a hundred by each sendmmsg(2)."""
import ctypes
import socket
import sys
import time

BATCH = 100
SECONDS_PER_BATCH = 0.001


class Iovec(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


class Msghdr(ctypes.Structure):
    _fields_ = [
        ("name", ctypes.c_void_p),
        ("name_length", ctypes.c_uint32),
        ("iovecs", ctypes.POINTER(Iovec)),
        ("iovec_count", ctypes.c_size_t),
        ("control", ctypes.c_void_p),
        ("control_length", ctypes.c_size_t),
        ("flags", ctypes.c_int),
    ]


class Mmsghdr(ctypes.Structure):
    _fields_ = [("header", Msghdr), ("length", ctypes.c_uint)]


operations, result = int(sys.argv[1]), sys.argv[2]
receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
receiver.bind(("127.0.0.1", 0))
sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sender.connect(receiver.getsockname())

payload = ctypes.create_string_buffer(b"x" * 64, 64)
iovec = Iovec(ctypes.addressof(payload), 64)
header = Msghdr(None, 0, ctypes.pointer(iovec), 1, None, 0, 0)
messages = (Mmsghdr * BATCH)(*([Mmsghdr(header, 0)] * BATCH))
sendmmsg = ctypes.CDLL(None, use_errno=True).sendmmsg

began = due = time.perf_counter()
for _ in range(operations // BATCH):
    assert sendmmsg(sender.fileno(), messages, BATCH, 0) == BATCH, ctypes.get_errno()
    due += SECONDS_PER_BATCH
    if (early := due - time.perf_counter()) > 0:
        time.sleep(early)
seconds = time.perf_counter() - began
with open(result, "w") as file:
    file.write(f"{seconds / operations * 1e6}\n")
