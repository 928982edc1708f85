# A student whose messages end with a newline; what comes behind it belongs to the next message.
import socket

listener = socket.create_server(("127.0.0.1", 3500))
while True:
    client, _ = listener.accept()
    pending = b""
    try:
        while part := client.recv(10):
            pending += part
            while b"\n" in pending:
                line, _, pending = pending.partition(b"\n")
                client.sendall(line + b"\n")
    except ConnectionError:
        pass
    client.close()
