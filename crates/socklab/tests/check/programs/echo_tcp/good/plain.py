# A student who serves one client after the other and closes.
import socket

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", 3500))
listener.listen(5)
while True:
    client, peer = listener.accept()
    try:
        data = client.recv(2048)
        client.sendall(data)
    except OSError as error:
        print(peer, error)
    client.close()
