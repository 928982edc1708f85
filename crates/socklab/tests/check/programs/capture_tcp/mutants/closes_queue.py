# A student who opens the listener anew after each pause: who waited in its queue is reset.
import socket
import time

while True:
    listener = socket.create_server(("127.0.0.1", 3500))
    client, _ = listener.accept()
    with client:
        data = client.recv(1024)
        time.sleep(1)
        client.sendall(data)
    listener.close()
