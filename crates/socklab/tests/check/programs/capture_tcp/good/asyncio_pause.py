# A student of asyncio: while one waits, the others are served.
import asyncio


async def attend(reader, writer):
    while data := await reader.read(1024):
        await asyncio.sleep(2)
        writer.write(data)
        await writer.drain()
    writer.close()


async def main():
    async with await asyncio.start_server(attend, "127.0.0.1", 3500) as server:
        await server.serve_forever()


asyncio.run(main())
