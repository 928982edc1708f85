# Una estudiante que usa asyncio también del lado del cliente.
import asyncio


class Asker(asyncio.DatagramProtocol):
    def __init__(self, done):
        self.done = done

    def connection_made(self, transport):
        transport.sendto(b"hola desde asyncio")

    def datagram_received(self, data, addr):
        self.done.set_result(data)


async def main():
    loop = asyncio.get_running_loop()
    done = loop.create_future()
    transport, _ = await loop.create_datagram_endpoint(lambda: Asker(done), remote_addr=("127.0.0.1", 3500))
    print((await done).decode())
    transport.close()


asyncio.run(main())
