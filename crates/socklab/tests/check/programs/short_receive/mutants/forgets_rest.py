# A student who throws away what came behind the newline: of messages that come together only the first is answered.
import socket

listener = socket.create_server(("127.0.0.1", 3500))
while True:
    client, _ = listener.accept()
    with client:
        pending = b""
        try:
            while part := client.recv(4096):
                pending += part
                if b"\n" in pending:
                    client.sendall(pending[: pending.index(b"\n") + 1])
                    pending = b""
        except ConnectionError:
            pass
