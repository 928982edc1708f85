# A student who collects until the client has said that it has no more, and answers then.
import socket

listener = socket.create_server(("127.0.0.1", 3500))
while True:
    client, _ = listener.accept()
    with client:
        try:
            message = b""
            while part := client.recv(8):
                message += part
            client.sendall(message)
        except ConnectionError:
            print("cut off")
