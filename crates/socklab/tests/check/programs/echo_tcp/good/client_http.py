# Una estudiante que lee con makefile(), porque le gustan los archivos.
import socket

sock = socket.create_connection(("127.0.0.1", 3500))
sock.sendall("¿qué tal?".encode())
sock.shutdown(socket.SHUT_WR)
print("Recibido:", sock.makefile(encoding="utf-8", errors="replace").read())
sock.close()
