# A student with a socket that does not block: select() says when there is room again.
import select
import socket

message = b"0123456789" * 2000
sock = socket.create_connection(("127.0.0.1", 3500))
sock.setblocking(False)
while message:
    select.select([], [sock], [])
    try:
        message = message[sock.send(message) :]
    except BlockingIOError:
        pass
select.select([sock], [], [])
print("reply:", sock.recv(1024).decode(errors="replace"))
