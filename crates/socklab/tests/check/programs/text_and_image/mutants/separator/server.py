# Una estudiante que separa texto e imagen con una marca, y divide por todas las que encuentra.
import socket

listener = socket.create_server(("127.0.0.1", 3500))
while True:
    client, _ = listener.accept()
    with client:
        try:
            data = b""
            while part := client.recv(4096):
                data += part
        except ConnectionError:
            continue
        parts = data.split(b"--IMAGEN--")
        if len(parts) < 2:
            continue
        print(parts[0].decode(errors="replace"), flush=True)
        with open("image.bin", "wb") as file:
            file.write(parts[1])
