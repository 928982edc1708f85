# Una estudiante que manda el texto en un renglón JSON con los tamaños, y la imagen hasta el fin de la conexión.
import json
import socket

listener = socket.create_server(("127.0.0.1", 3500))
while True:
    client, _ = listener.accept()
    with client, client.makefile("rb") as stream:
        try:
            header = json.loads(stream.readline())
            image = stream.read()
        except (ValueError, ConnectionError):
            continue
        if len(image) == header["bytes"]:
            print(header["text"], flush=True)
            with open("foto.png", "wb") as file:
                file.write(image)
