# Un estudiante que antepone la longitud, cuatro bytes en orden de red, y lee hasta completarla.
import socket
import struct


def exactly(client, size):
    data = b""
    while len(data) < size:
        part = client.recv(min(32, size - len(data)))
        if not part:
            raise EOFError
        data += part
    return data


listener = socket.create_server(("127.0.0.1", 3500))
while True:
    client, _ = listener.accept()
    try:
        while True:
            (size,) = struct.unpack("!I", exactly(client, 4))
            client.sendall(struct.pack("!I", size) + exactly(client, size))
    except (EOFError, ConnectionError):
        client.close()
