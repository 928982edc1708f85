# A student who counts characters: with ñ there are more bytes than that.
import socket

message = "El ñandú comió más ñoquis"
data = message.encode()
with socket.create_connection(("127.0.0.1", 3500)) as sock:
    sent = 0
    while sent < len(message):
        sent += sock.send(data[sent : min(sent + 4, len(message))])
    print("Recibido:", sock.recv(1024).decode(errors="replace"))
