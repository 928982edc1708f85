# Un estudiante que lee el encabezado con un solo recv(8): si llega de a un byte, falla.
import socket
import struct

listener = socket.create_server(("127.0.0.1", 3500))
while True:
    client, _ = listener.accept()
    with client:
        try:
            text_size, image_size = struct.unpack("!II", client.recv(8))
            data = b""
            while len(data) < text_size + image_size and (part := client.recv(65536)):
                data += part
        except (ConnectionError, struct.error):
            continue
        if len(data) < text_size + image_size:
            continue
        print(data[:text_size].decode(), flush=True)
        with open("image.bin", "wb") as file:
            file.write(data[text_size:])
