# Un estudiante que usa los flujos de asyncio.
import asyncio


async def attend(reader, writer):
    try:
        while data := await reader.read(4096):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    writer.close()


async def main():
    server = await asyncio.start_server(attend, "127.0.0.1", 3500)
    await server.serve_forever()


asyncio.run(main())
