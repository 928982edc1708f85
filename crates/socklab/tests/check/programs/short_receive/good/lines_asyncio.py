# Una estudiante de asyncio: readuntil() ya espera el fin de línea.
import asyncio


async def attend(reader, writer):
    try:
        while line := await reader.readline():
            writer.write(line)
            await writer.drain()
    except (ConnectionError, ValueError):
        pass
    writer.close()


async def main():
    async with await asyncio.start_server(attend, "127.0.0.1", 3500, limit=1 << 20) as server:
        await server.serve_forever()


asyncio.run(main())
