"""The wire itself: what somebody said before the connection broke comes to the other end."""

import asyncio
import select
import socket

from tests.firmware.bad_wire import Wire


def test_what_was_said_before_a_reset_is_carried():
    """Who closes with bytes unread resets the connection, as a board does that restarts while its broker speaks."""

    async def whole():
        heard, over = bytearray(), asyncio.Event()

        async def broker(reader, writer):
            writer.write(b"not read by the device")
            while data := await reader.read(100):
                heard.extend(data)
            over.set()
            writer.close()

        server = await asyncio.start_server(broker, "127.0.0.1", 0)
        wire = Wire()
        await wire.start(server.sockets[0].getsockname()[1])
        with socket.create_connection(("127.0.0.1", wire.port)) as device:
            await asyncio.to_thread(select.select, [device], [], [])
            wire.pause()  # so that nobody reads the second before the end is there
            device.sendall(b"first")
            await asyncio.sleep(0.05)
            device.sendall(b", second")
        await asyncio.sleep(0.05)
        wire.resume()
        async with asyncio.timeout(60):
            await over.wait()
        assert heard == b"first, second"
        await wire.stop()
        server.close()

    asyncio.run(whole())
