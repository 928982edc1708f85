# A student who serves all clients in one thread, with selectors.
import selectors
import socket

chooser = selectors.DefaultSelector()
listener = socket.create_server(("127.0.0.1", 3500))
chooser.register(listener, selectors.EVENT_READ)
while True:
    for key, _ in chooser.select():
        if key.fileobj is listener:
            client, _ = listener.accept()
            chooser.register(client, selectors.EVENT_READ)
            continue
        try:
            data = key.fileobj.recv(4096)
            if data:
                key.fileobj.sendall(data)
        except ConnectionError:
            data = b""
        if not data:
            chooser.unregister(key.fileobj)
            key.fileobj.close()
