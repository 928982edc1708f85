# A student with a header of two lengths: the receiver knows before it reads how much will come.
import socket
import struct


def exactly(client, size):
    data = b""
    while len(data) < size:
        part = client.recv(min(65536, size - len(data)))
        if not part:
            raise EOFError("the client has gone")
        data += part
    return data


listener = socket.create_server(("127.0.0.1", 3500))
while True:
    client, _ = listener.accept()
    with client:
        try:
            text_size, image_size = struct.unpack("!IQ", exactly(client, 12))
            print("text:", exactly(client, text_size).decode(), flush=True)
            image = exactly(client, image_size)
        except (EOFError, ConnectionError) as error:
            print("not complete:", error)
            continue
        with open("received.bin", "wb") as file:
            file.write(image)
