# Somebody who tries every way out that he knows. He answers rightly if one of them leads anywhere.
import ctypes
import os
import socket

libc = ctypes.CDLL(None, use_errno=True)
ways = {
    "mount": lambda: libc.mount(b"none", b"/tmp", b"tmpfs", 0, None),
    "umount": lambda: libc.umount2(b"/proc", 2),
    "setns of the parent": lambda: libc.setns(os.open(f"/proc/{os.getppid()}/ns/net", os.O_RDONLY), 0),
    "setns of the first": lambda: libc.setns(os.open("/proc/1/ns/mnt", os.O_RDONLY), 0),
    "ptrace of the parent": lambda: libc.ptrace(16, os.getppid(), 0, 0),
    "chroot": lambda: libc.chroot(b"/"),
    "user": lambda: os.setuid(0) or 0,
    "raw socket": lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW).fileno(),
    "devices": lambda: os.open("/dev/mem", os.O_RDWR),
    "module": lambda: libc.syscall(313, 0, b"", 0),
    "keys": lambda: libc.syscall(248, b"user", b"name", b"x", 1, -3) if os.getuid() else -1,
    "passwords": lambda: os.open("/etc/shadow", os.O_RDONLY),
    "sysctl": lambda: os.open("/proc/sys/kernel/core_pattern", os.O_WRONLY),
}
found = []
for name, way in ways.items():
    try:
        if way() >= 0:
            found.append(name)
    except (OSError, PermissionError):
        continue
print("found:", found, flush=True)
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    data, peer = sock.recvfrom(65535)
    if found:
        sock.sendto(data, peer)
