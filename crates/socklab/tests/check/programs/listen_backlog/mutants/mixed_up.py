# Un estudiante que acepta a los dos y después los confunde: contesta a uno con lo del otro.
import socket

with socket.create_server(("127.0.0.1", 3500), backlog=1) as listener:
    clients = []
    while True:
        client, _ = listener.accept()
        clients.append(client)
        data = clients[0].recv(1024)
        client.sendall(data)
        client.close()
        listener.settimeout(0.5)
        try:
            clients.append(listener.accept()[0])
            last = clients.pop()
            last.sendall(data)
            last.close()
        except TimeoutError:
            pass
        listener.settimeout(None)
        clients.clear()
