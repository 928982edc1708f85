# Ends with an exception of a socket, in a thread and in the main one.
import socket
import threading


def refused():
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    socket.create_connection(("127.0.0.1", 0), timeout=5)


thread = threading.Thread(target=refused)
thread.start()
thread.join()
socket.socket().send(b"not connected")
