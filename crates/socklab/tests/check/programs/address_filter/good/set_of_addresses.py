# Una estudiante con una lista de direcciones, que compara como direcciones y no como textos.
import ipaddress
import socket

ALLOWED = {ipaddress.ip_address("127.0.0.5"), ipaddress.ip_address("127.0.0.7")}
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    data, (host, port) = sock.recvfrom(65535)
    if ipaddress.ip_address(host) not in ALLOWED:
        print("se ignora", host)
        continue
    sock.sendto(data, (host, port))
