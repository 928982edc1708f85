# Un estudiante que toma el silencio por el fin: medio segundo sin nada, y contesta.
import socket

listener = socket.create_server(("127.0.0.1", 3500))
while True:
    client, _ = listener.accept()
    with client:
        client.settimeout(0.5)
        message = b""
        try:
            while part := client.recv(16):
                message += part
        except TimeoutError:
            pass
        except ConnectionError:
            continue
        client.sendall(message)
