"""Listens, says so, and waits for a datagram that nobody sends."""

import socket
import sys

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
    sock.bind(('127.0.0.1', 0))
    print('ready', flush=True)
    sock.recv(1)
