"""A server with a thread for each client, and several clients at once."""

import socket
import socketserver
import sys
import threading

AT = ('127.0.0.1', 3500)


class Echo(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            self.wfile.write(line)


def server():
    with socketserver.ThreadingTCPServer(AT, Echo) as listening:
        listening.serve_forever()


def ask():
    with socket.create_connection(AT) as sock, sock.makefile('rb') as lines:
        for line in (b'uno\n', b'dos\n', b'tres\n'):
            sock.sendall(line)
            assert lines.readline() == line


def client():
    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


globals()[sys.argv[1]]()
