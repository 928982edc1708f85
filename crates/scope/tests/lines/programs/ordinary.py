# What a program can see of itself, and does.
import asyncio
import os
import subprocess
import sys
import threading

print(sys.getprofile(), sys.gettrace(), sys.argv[1:], __name__)
print(sys.getprofile.__name__, sys.getprofile.__module__, sys.getprofile.__doc__.splitlines()[0])
print([entry for entry in sys.path if "socklab" in entry])
print(getattr(threading, "getprofile", lambda: None)())


async def echo():
    async def serve(reader, writer):
        writer.write(await reader.readline())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    writer.write(b"over asyncio\n")
    print(await reader.readline())
    writer.close()
    server.close()


asyncio.run(echo())


def deeper(level):
    return deeper(level + 1)


try:
    deeper(0)
except RecursionError as error:
    print(type(error))

thread = threading.Thread(target=lambda: print("profile in a thread", sys.getprofile()))
thread.start()
thread.join()

calls = []
sys.setprofile(lambda frame, event, argument: calls.append(event))
print(sys.getprofile().__name__)
sys.setprofile(None)
print(len(calls) > 0, sys.getprofile())

print(subprocess.run([sys.executable, "-c", "print('a child'); raise SystemExit(4)"]).returncode)
sys.stdout.flush()
child = os.fork()
if child == 0:
    print("a fork")
    sys.stdout.flush()
    os._exit(5)
print(os.waitpid(child, 0)[1] >> 8)
