"""Writes as much as it can: into one file, into many, and as many names as there can be."""
import os
import signal

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
block = b"x" * (1 << 20)


def fill(path):
    written = 0
    try:
        with open(path, "wb", buffering=0) as file:
            while True:
                written += file.write(block)
    except OSError as error:
        return written >> 20, error.strerror


print("one file", *fill("/work/one"))
os.unlink("/work/one")
total, number = 0, 0
while True:
    directory = ("/work", "/tmp", os.path.expanduser("~"))[number % 3]
    written, error = fill(f"{directory}/{number}")
    total, number = total + written, number + 1
    if error.startswith("No space"):
        break
print("all files", total)
print("shared memory", fill("/dev/shm/a")[0] + fill("/dev/shm/b")[0] + fill("/dev/shm/c")[0])
for number in range(number):
    for directory in ("/work", "/tmp", os.path.expanduser("~")):
        if os.path.exists(f"{directory}/{number}"):
            os.unlink(f"{directory}/{number}")
names = 0
try:
    while True:
        open(f"/tmp/name{names}", "w").close()
        names += 1
except OSError as error:
    print("names", names, error.strerror)
