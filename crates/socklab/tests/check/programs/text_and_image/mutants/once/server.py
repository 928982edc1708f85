# A student whose server ends with the first transfer.
import signal
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
client, _ = listener.accept()
text_size, image_size = struct.unpack("!II", exactly(client, 8))
print(exactly(client, text_size).decode(), flush=True)
with open("image.bin", "wb") as file:
    file.write(exactly(client, image_size))
client.close()
signal.pause()
