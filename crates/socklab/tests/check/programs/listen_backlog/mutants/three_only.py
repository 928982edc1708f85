# A student for whom three at once are too many: from then on nobody is served. Robust.
import signal
import socket

served = 0
with socket.create_server(("127.0.0.1", 3500), backlog=1) as listener:
    while True:
        client, _ = listener.accept()
        with client:
            client.sendall(client.recv(1024))
        served += 1
        if served == 3:
            signal.pause()
