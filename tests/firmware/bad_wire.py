"""A wire between a device and its broker that does what networks do: a TCP proxy with switches.

"Up" is from the device, "down" from the broker. Nothing here knows TLS: `packets_down` needs a plain line.
"""

import asyncio
import socket
import struct
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
        self._door = None
        self._resumed = asyncio.Event()
        self._resumed.set()

    async def start(self, broker_port, host="127.0.0.1"):
        self._broker_port = broker_port
        self._door = socket.create_server((host, 0))
        self._door.setblocking(False)
        self.port = self._door.getsockname()[1]
        self._begin(self._listen())

    async def stop(self):
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._door.close()

    def freeze(self):
        """Connections of now carry nothing any more and are not closed, as when a NAT has lost its state."""
        self._frozen |= self._ends

    def cut(self):
        """Close the connections of now, at both ends."""
        for end in self._ends:
            hang_up(end, socket.SHUT_RDWR)

    def pause(self):
        """Nothing moves, nothing is lost: the access point is away."""
        self.cut_off = True
        self._resumed.clear()

    def resume(self):
        self.cut_off = False
        self._resumed.set()

    def _begin(self, what):
        task = asyncio.create_task(what)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _listen(self):
        while True:
            device, _ = await asyncio.get_running_loop().sock_accept(self._door)
            if self.cut_off:
                refuse(device)
            else:
                self.connections += 1
                self._begin(self._connect(device))

    async def _connect(self, device):
        """One connection, to its end."""
        with device, socket.socket() as broker:
            for end in (device, broker):
                end.setblocking(False)
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            try:
                await asyncio.get_running_loop().sock_connect(broker, ("127.0.0.1", self._broker_port))
            except OSError:
                refuse(device)
                return
            self._ends |= {device, broker}
            try:
                await asyncio.gather(self._carry(device, broker, False), self._carry(broker, device, True))
            finally:
                self._ends -= {device, broker}
                self._frozen -= {device, broker}

    async def _carry(self, come, go, down):
        """One way of one connection: all that came, though its sender was gone before it was read."""
        loop, held = asyncio.get_running_loop(), b""
        try:
            while data := await self.received(come):
                await self._resumed.wait()
                if come in self._frozen or (down and self.deaf):
                    continue
                if down and self.packets_down is not None:
                    packets, held = cut(held + data)
                    data = b"".join(out for one in packets for out in self.packets_down(one))
                if down:
                    self.carried_down += len(data)
                else:
                    self.carried_up += len(data)
                await loop.sock_sendall(go, data)
                if self.rate is not None:
                    await asyncio.sleep(len(data) / self.rate)
        except OSError:
            return  # nobody takes it any more; what they said before they went still comes the other way
        if come in self._frozen:
            await asyncio.Event().wait()  # not even the end comes through
        hang_up(go, socket.SHUT_WR)

    async def received(self, come):
        """Bytes; none at the end, however it came."""
        most = PIECE_BYTES if self.rate is None else max(1, self.rate // 20)
        try:
            return await asyncio.get_running_loop().sock_recv(come, most)
        except OSError:
            return b""


def hang_up(end, ways):
    """Close these ways of an end, if it is not gone yet."""
    with suppress(OSError):
        end.shutdown(ways)


def refuse(device):
    """As where nobody listens."""
    device.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    device.close()


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
