# Every line that goes into the kernel has a comment of its own, `#!`. It runs once by itself, once in a child, and once as another
# program.
import asyncio
import http.client
import http.server
import os
import select
import selectors
import socket
import sys
import threading
import time


class Sub(socket.socket):
    pass


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()  #!
        self.wfile.write(b"hello")  #!

    def log_message(self, *arguments):
        pass


def deeper(levels, call):
    if levels:
        return deeper(levels - 1, call)
    return call()  #!


def sends(one, to):
    for letter in (b"x", b"y"):
        yield one.sendto(letter, to)  #!


def datagrams():
    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)  #!
    one.bind(("127.0.0.1", 0))  #!
    to = one.getsockname()  #!
    for _ in range(50):
        one.sendto(
            b"x",
            to,
        )
        one.recvfrom(10)  #!
    list(sends(one, to))
    got = [one.recv(10) for _ in range(2)]  #!
    list(map(lambda letter: one.sendto(letter, to), [b"a"]))  #!
    exec(compile("one.recv(10)", "<string>", "exec"))
    deeper(90, one.getsockname)
    select.select([one], [], [], 0)  #!
    one.close()  #!
    return got


def streams():
    listener = Sub()  #!
    listener.listen()  #!
    there = listener.getsockname()  #!

    def client():
        with socket.create_connection(("127.0.0.1", there[1])) as stream:  #!
            stream.sendall(b"hi\n" * 3)  #!

    thread = threading.Thread(target=client)
    thread.start()
    connection, _ = listener.accept()  #!
    with selectors.DefaultSelector() as selector:
        selector.register(connection, selectors.EVENT_READ)  #!
        selector.select(5)  #!
    thread.join()
    with connection.makefile() as file:
        for _ in file:  #!
            pass
    time.sleep(0.001)  #!
    connection.shutdown(socket.SHUT_WR)  #!
    connection.close()  #!
    listener.close()  #!


def web():
    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)  #!
    thread = threading.Thread(target=server.handle_request)
    thread.start()
    client = http.client.HTTPConnection("127.0.0.1", server.server_port)
    client.request("GET", "/")  #!
    assert client.getresponse().read() == b"hello"  #!
    thread.join()
    client.close()
    server.server_close()  #!


async def echoes():
    async def serve(reader, writer):
        writer.write(await reader.readline())  #!
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())  #!
    writer.write(b"over asyncio\n")  #!
    assert await reader.readline() == b"over asyncio\n"
    writer.close()
    server.close()


def everything():
    datagrams()
    streams()
    web()
    asyncio.run(echoes())  #!


def in_a_thread():
    thread = threading.Thread(target=everything)
    thread.start()
    thread.join()


# Who has read the frames needs no hook.
is_hooked = "_socklab_lines" in sys.modules
everything()
if len(sys.argv) == 1:
    child = os.fork()
    if child == 0:
        everything()
        in_a_thread()
        os.execv(sys.executable, [sys.executable, __file__, "again"])
    in_a_thread()
    is_hooked |= os.waitpid(child, 0)[1] != 0
sys.exit(7 if is_hooked else 0)
