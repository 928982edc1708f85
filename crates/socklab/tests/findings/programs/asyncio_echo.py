"""An echo of asyncio, with several clients at once."""

import asyncio
import sys

AT = ('127.0.0.1', 3500)


async def echo(reader, writer):
    while piece := await reader.read(1024):
        writer.write(piece)
        await writer.drain()
    writer.close()
    await writer.wait_closed()


async def server():
    async with await asyncio.start_server(echo, *AT) as listening:
        await listening.serve_forever()


async def ask():
    reader, writer = await asyncio.open_connection(*AT)
    for message in (b'uno', b'dos', b'tres'):
        writer.write(message)
        await writer.drain()
        assert await reader.readexactly(len(message)) == message
    writer.close()
    await writer.wait_closed()


async def client():
    await asyncio.gather(*(ask() for _ in range(4)))


asyncio.run(globals()[sys.argv[1]]())
