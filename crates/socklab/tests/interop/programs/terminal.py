"""A terminal for a program. Usage: terminal.py PROGRAM ARGUMENT...

What comes on standard input is typed, what the program shows goes to standard output. When the program has ended it says
how, and how the terminal was left: "[ended 0, line by line, with echo]", and exits with 0.
"""

import os
import select
import sys
import termios

NOTHING = b''


def main():
    master, slave = os.openpty()
    termios.tcsetwinsize(slave, (24, 80))
    child = os.fork()
    if child == 0:
        os.setsid()
        for descriptor in (0, 1, 2):
            os.dup2(slave, descriptor)
        # The first terminal that a session opens becomes its own.
        os.close(os.open(os.ttyname(slave), os.O_RDWR))
        os.closerange(3, 64)
        os.execv(sys.argv[1], sys.argv[1:])
    typed = [0]
    while True:
        ready, _, _ = select.select([master, *typed], [], [], 0.05)
        if master in ready:
            os.write(1, os.read(master, 65536))
        elif 0 in ready:
            keys = os.read(0, 65536)
            if keys == NOTHING:
                typed = []
            else:
                os.write(master, keys)
        elif not ready:
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                break
    flags = termios.tcgetattr(slave)[3]
    by_line = 'line by line' if flags & termios.ICANON else 'key by key'
    echo = 'with echo' if flags & termios.ECHO else 'without echo'
    sys.stdout.write(f'\n[ended {os.waitstatus_to_exitcode(status)}, {by_line}, {echo}]\n')
    sys.stdout.flush()


if __name__ == '__main__':
    main()
