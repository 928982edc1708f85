# Un estudiante para quien una imagen vacía es un error. Robusto.
import socket
import struct


def exactly(client, size):
    data = b""
    while len(data) < size:
        part = client.recv(size - len(data))
        if not part:
            raise ConnectionError
        data += part
    return data


listener = socket.create_server(("127.0.0.1", 3500))
while True:
    client, _ = listener.accept()
    with client:
        try:
            text_size, image_size = struct.unpack("!II", exactly(client, 8))
            print(exactly(client, text_size).decode(), flush=True)
            image = exactly(client, image_size)
        except ConnectionError:
            continue
        if image:
            with open("image.bin", "wb") as file:
                file.write(image)
