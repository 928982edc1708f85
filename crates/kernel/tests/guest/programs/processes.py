"""Looks at processes and signals all that it can."""
import os
import signal
import sys

print("seen", sorted(int(name) for name in os.listdir("/proc") if name.isdigit()), os.getpid(), os.getppid())
print("session", os.getsid(0) == os.getpid())
for pid in [1, int(sys.argv[1])]:
    for number in (signal.SIGTERM, signal.SIGKILL, signal.SIGSTOP):
        try:
            os.kill(pid, number)
            print("signalled", pid, number.name)
        except OSError as error:
            print(pid, error.strerror)
try:
    os.open("/dev/tty", os.O_RDWR)
    print("a terminal")
except OSError:
    pass
status = dict(line.split(":\t") for line in open("/proc/self/status").read().splitlines())
for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs", "Seccomp"):
    print(name, int(status[name], 16))
print("ids", os.getresuid(), os.getresgid())
print("descriptors", [fd for fd in range(1024) if os.path.exists("/proc/self/fd/%d" % fd)])
print("ignored", [number for number in range(1, 65) if int(status["SigIgn"], 16) >> (number - 1) & 1 and number not in (13, 25)])
print("blocked", int(status["SigBlk"], 16))
