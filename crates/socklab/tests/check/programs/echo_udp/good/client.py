# A student whose client waits for the reply and shows it.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.sendto("¿Hay alguien?".encode(), ("127.0.0.1", 3500))
reply, server = sock.recvfrom(1024)
print("The server said:", reply.decode())
sock.close()
