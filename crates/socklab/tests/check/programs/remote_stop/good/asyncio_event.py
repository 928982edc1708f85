# A student whose protocol sets an event that the main coroutine waits for.
import asyncio


class Stoppable(asyncio.DatagramProtocol):
    def __init__(self, stop):
        self.stop = stop

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, addr):
        if data == b"shutdown":
            self.stop.set()
        else:
            self.transport.sendto(data, addr)


async def main():
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: Stoppable(stop), local_addr=("127.0.0.1", 3500))
    await stop.wait()
    transport.close()


asyncio.run(main())
