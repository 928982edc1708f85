# A student whose server answers once by keyboard and then by echo.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 3500))
answer = None
while True:
    data, peer = sock.recvfrom(4096)
    print("<", data.decode(errors="replace"), flush=True)
    try:
        answer = answer or input("> ")
    except EOFError:
        break
    sock.sendto(answer.encode(), peer)
