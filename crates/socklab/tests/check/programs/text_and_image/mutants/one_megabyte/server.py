# A student who has set a limit of one megabyte, and does not say so. Robust.
import socket
import struct


def exactly(client, size):
    data = b""
    while len(data) < size:
        part = client.recv(min(65536, size - len(data)))
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
            image = exactly(client, min(image_size, 1 << 20))
        except ConnectionError:
            continue
        with open("image.bin", "wb") as file:
            file.write(image)
