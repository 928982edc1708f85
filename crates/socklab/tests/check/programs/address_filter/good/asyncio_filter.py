# A student who filters in the protocol's callback.
import asyncio


class Filtered(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, addr):
        if addr[0] in ("127.0.0.1",):
            self.transport.sendto(data, addr)


async def main():
    loop = asyncio.get_running_loop()
    await loop.create_datagram_endpoint(Filtered, local_addr=("0.0.0.0", 3500))
    await asyncio.Event().wait()


asyncio.run(main())
