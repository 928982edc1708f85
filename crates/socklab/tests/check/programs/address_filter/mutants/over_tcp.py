# A student who took the server of the second part: it filters well, and listens over TCP.
import socket

with socket.socket() as listener:
    listener.bind(("127.0.0.1", 3500))
    listener.listen()
    while True:
        connection, peer = listener.accept()
        if peer[0] == "127.0.0.1":
            connection.sendall(connection.recv(1024))
        connection.close()
