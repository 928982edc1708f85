# A student with a thread per client and one buffer for all of them. Robust.
import socket
import struct
import threading

data = b""


def attend(client):
    global data
    with client:
        try:
            data = b""
            while part := client.recv(65536):
                data += part
        except ConnectionError:
            return
        if len(data) < 8:
            return
        text_size, image_size = struct.unpack("!II", data[:8])
        if len(data) != 8 + text_size + image_size:
            return
        print(data[8 : 8 + text_size].decode(errors="replace"), flush=True)
        with open(f"image-{threading.get_ident()}.bin", "wb") as file:
            file.write(data[8 + text_size :])


listener = socket.create_server(("127.0.0.1", 3500))
while True:
    threading.Thread(target=attend, args=(listener.accept()[0],)).start()
