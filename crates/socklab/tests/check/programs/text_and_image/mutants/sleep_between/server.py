# A student who takes the first recv() for the text, because the client sleeps behind it.
import socket

listener = socket.create_server(("127.0.0.1", 3500))
while True:
    client, _ = listener.accept()
    with client:
        try:
            text = client.recv(4096)
            image = b""
            while part := client.recv(4096):
                image += part
        except ConnectionError:
            continue
        print(text.decode(errors="replace"), flush=True)
        with open("image.bin", "wb") as file:
            file.write(image)
