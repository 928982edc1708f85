"""Looks for what it is not to see and writes where it may not; says only what worked."""
import os
import sys

secret, outside = sys.argv[1:3]


def tells(what, attempt):
    try:
        print(what, repr(attempt()))
    except (OSError, UnicodeDecodeError):
        pass


def read(path):
    return lambda: open(path).read(100)


def write(path):
    return lambda: open(path, "w").write("x")


for path in (secret, "/proc/1/root" + secret, "/proc/self/root" + secret, "/../.." + secret, "/old" + secret):
    tells("read " + path, read(path))
for path in ("/proc/1/environ", "/proc/1/cmdline", "/proc/1/maps", "/etc/shadow", "/proc/kcore", "/dev/mem", "/dev/kmsg"):
    tells("read " + path, read(path))
for path in ("/root", "/var", "/run", "/sys", "/mnt", "/srv", "/boot", "/old", "/scratch", "/lower", outside):
    tells("list " + path, lambda path=path: os.listdir(path))
for directory in ("/", "/usr", "/usr/bin", "/etc", "/dev", "/home", "/proc", "/opt", outside):
    tells("write " + directory, write(os.path.join(directory, "mark")))
for path in ("/etc/hosts", "/etc/passwd", "/proc/sys/kernel/hostname", "/proc/sys/net/ipv4/ip_forward",
             "/proc/sysrq-trigger", "/proc/1/mem", "/proc/1/oom_score_adj"):
    tells("write " + path, write(path))
for device in (os.makedev(8, 0), os.makedev(1, 1)):
    tells("mknod", lambda: os.mknod("/tmp/device", 0o600 | 0o060000, device) or "made")
tells("link", lambda: os.link("/usr/bin/env", "/tmp/env") or "made")
tells("chmod", lambda: os.chmod("/usr/bin/env", 0o777) or "changed")
print("seen", sorted(os.listdir("/home")), os.listdir("/tmp"), sorted(os.listdir("/dev")))
for path in ("/work/own", "/tmp/own", os.path.expanduser("~/own"), "/dev/shm/own"):
    open(path, "w").write("x")
print(open("/etc/hosts").read().splitlines()[0], os.getcwd(), os.uname().nodename)
