# A student who sleeps before accept(): the kernel completes the handshake without the program.
import socket
import time

listener = socket.create_server(("127.0.0.1", 3500))
while True:
    time.sleep(1)
    client, _ = listener.accept()
    data = client.recv(1024)
    time.sleep(1)
    client.sendall(data)
    client.close()
