# Una estudiante que ya programó con asyncio: el protocolo recibe y contesta.
import asyncio


class Echo(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, addr):
        self.transport.sendto(data, addr)


async def main():
    loop = asyncio.get_running_loop()
    await loop.create_datagram_endpoint(Echo, local_addr=("127.0.0.1", 3500))
    await asyncio.Event().wait()


asyncio.run(main())
