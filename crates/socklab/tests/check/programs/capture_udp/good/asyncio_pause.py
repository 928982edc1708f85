# A student of asyncio: each reply waits by itself.
import asyncio


class Late(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, addr):
        asyncio.get_running_loop().call_later(1.5, self.transport.sendto, data, addr)


async def main():
    loop = asyncio.get_running_loop()
    await loop.create_datagram_endpoint(Late, local_addr=("127.0.0.1", 3500))
    await asyncio.Event().wait()


asyncio.run(main())
