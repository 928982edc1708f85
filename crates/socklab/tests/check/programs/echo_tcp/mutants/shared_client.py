# Un estudiante que guarda el cliente en una variable global: con dos a la vez, contesta al último.
# Con un solo hilo: se entera del segundo antes que del mensaje del primero, y nadie corre contra nadie.
import selectors
import socket

chooser = selectors.EpollSelector()
listener = socket.create_server(("127.0.0.1", 3500))
chooser.register(listener, selectors.EVENT_READ)
while True:
    for key, _ in chooser.select():
        if key.fileobj is listener:
            client, _ = listener.accept()
            chooser.register(client, selectors.EVENT_READ)
            continue
        data = key.fileobj.recv(2048)
        if data:
            client.sendall(data)
        else:
            chooser.unregister(key.fileobj)
            key.fileobj.close()
