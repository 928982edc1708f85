# Una estudiante que no pensó en un cliente que corta a la mitad. Robusto.
import socket
import struct


def exactly(client, size):
    data = b""
    while len(data) < size:
        part = client.recv(size - len(data))
        if not part:
            raise EOFError
        data += part
    return data


listener = socket.create_server(("127.0.0.1", 3500))
while True:
    client, _ = listener.accept()
    with client:
        text_size, image_size = struct.unpack("!II", exactly(client, 8))
        print(exactly(client, text_size).decode(), flush=True)
        image = exactly(client, image_size)
        with open("image.bin", "wb") as file:
            file.write(image)
