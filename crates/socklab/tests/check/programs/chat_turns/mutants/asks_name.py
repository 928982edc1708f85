# A student whose chat asks for a name before it binds: until somebody types one, nobody can write to it.
import socket

name = input("Who are you? ")
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    data, peer = sock.recvfrom(1024)
    print(data.decode())
    sock.sendto(f"{name}: {input('> ')}".encode(), peer)
