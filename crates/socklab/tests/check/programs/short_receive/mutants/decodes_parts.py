# Una estudiante que decodifica cada pedazo: una ñ puede quedar entre dos.
import socket

listener = socket.create_server(("127.0.0.1", 3500))
while True:
    client, _ = listener.accept()
    with client:
        message = ""
        try:
            while part := client.recv(8):
                message += part.decode()
            client.sendall(message.encode())
        except ConnectionError:
            pass
