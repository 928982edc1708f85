# Un estudiante que atiende cada datagrama en un hilo propio, porque en TCP se hace así.
import socket
import threading

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
while True:
    data, origen = sock.recvfrom(65535)
    threading.Thread(target=sock.sendto, args=(data, origen), daemon=True).start()
