# Un estudiante de asyncio: error_received() para el rechazo, wait_for() para el silencio.
import asyncio


class Asker(asyncio.DatagramProtocol):
    def __init__(self, done):
        self.done = done

    def datagram_received(self, data, addr):
        self.done.set_result(data.decode())

    def error_received(self, error):
        if not self.done.done():
            self.done.set_exception(error)


async def main():
    loop = asyncio.get_running_loop()
    done = loop.create_future()
    transport, _ = await loop.create_datagram_endpoint(lambda: Asker(done), remote_addr=("127.0.0.1", 3500))
    transport.sendto(b"hola")
    try:
        print("Respuesta:", await asyncio.wait_for(done, 5))
    except (OSError, asyncio.TimeoutError) as error:
        print("Sin servidor:", repr(error))


asyncio.run(main())
