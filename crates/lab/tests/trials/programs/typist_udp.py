import socket
import sys

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('127.0.0.1', 3500))
try:
    print('leí:', input('> '))
    input()
except EOFError:
    sys.exit(7)
