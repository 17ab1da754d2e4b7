"""A wire between a device and its broker that does what networks do: a TCP proxy with switches.

"Up" is from the device, "down" from the broker. Nothing here knows TLS: `packets_down` needs a plain line.
"""

import asyncio
from contextlib import suppress

PIECE_BYTES = 4096
PUBLISH, PUBACK = 0x30, 0x40


class Wire:
    """Switches may be turned at any time.

    `rate`: bytes a second each way. `deaf`: what comes down vanishes. `cut_off`: nobody connects. `packets_down`: what
    to make of a packet from the broker, as a list of packets.
    """

    def __init__(self):
        self.port = 0
        self.rate = None
        self.deaf = False
        self.cut_off = False
        self.packets_down = None
        self.connections = 0
        self.carried_up = self.carried_down = 0
        self._ends = set()
        self._frozen = set()
        self._tasks = set()
        self._server = None
        self._resumed = asyncio.Event()
        self._resumed.set()

    async def start(self, broker_port):
        self._broker_port = broker_port
        self._server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self):
        self._server.close()
        self.cut()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def freeze(self):
        """Connections of now carry nothing any more and are not closed, as when a NAT has lost its state."""
        self._frozen |= self._ends

    def cut(self):
        """Close the connections of now, at both ends."""
        for writer in list(self._ends):
            writer.close()

    def pause(self):
        """Nothing moves, nothing is lost: the access point is away."""
        self.cut_off = True
        self._resumed.clear()

    def resume(self):
        self.cut_off = False
        self._resumed.set()

    async def _connect(self, reader, writer):
        if self.cut_off:
            writer.transport.abort()
            return
        self.connections += 1
        try:
            broker_reader, broker_writer = await asyncio.open_connection("127.0.0.1", self._broker_port)
        except OSError:
            writer.transport.abort()
            return
        ends = {writer, broker_writer}
        self._ends |= ends
        tasks = [
            asyncio.create_task(self._carry(reader, broker_writer, writer, False)),
            asyncio.create_task(self._carry(broker_reader, writer, writer, True)),
        ]
        self._tasks |= set(tasks)
        for task in tasks:
            task.add_done_callback(self._tasks.discard)

    async def _carry(self, reader, writer, end, down):
        """One way of one connection."""
        held = b""
        try:
            while data := await reader.read(PIECE_BYTES if self.rate is None else max(1, self.rate // 20)):
                await self._resumed.wait()
                if end in self._frozen or (down and self.deaf):
                    continue
                if down and self.packets_down is not None:
                    packets, held = cut(held + data)
                    data = b"".join(out for one in packets for out in self.packets_down(one))
                if down:
                    self.carried_down += len(data)
                else:
                    self.carried_up += len(data)
                writer.write(data)
                await writer.drain()
                if self.rate is not None:
                    await asyncio.sleep(len(data) / self.rate)
            if end in self._frozen:
                await asyncio.Event().wait()  # not even the end comes through
        except OSError:
            pass
        finally:
            self._ends.discard(writer)
            with suppress(OSError, RuntimeError):
                writer.close()


def cut(data):
    """The whole packets at the beginning, and what is left."""
    packets = []
    while len(data) >= 2:
        size, at = 0, 1
        while at < len(data):
            size |= (data[at] & 127) << 7 * (at - 1)
            at += 1
            if data[at - 1] < 128:
                break
        else:
            break
        if len(data) < at + size:
            break
        packets.append(data[: at + size])
        data = data[at + size :]
    return packets, data
