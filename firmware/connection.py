"""One connection to the broker, from its first packet until it is lost. What is said over it is its owner's business.

Nothing here ticks. One task writes: it sleeps until somebody has something to say, something is due, or nothing was
heard for so long that the path must be asked whether it still lives. One task reads. No timeout rests on the socket.
"""

import asyncio

from firmware.mqtt import Mqtt, MqttError
from firmware.sparing import const
from firmware.waiting import happens

_SILENT_MS = const(7_000)
_ANSWER_MS = const(8_000)
_DEAD_MS = const(13_000)
# After 7 s in which nothing came, a ping. A path is dead when nothing came for 13 s although an answer is due for 8 s
# of them: 13 s while something is being sent, 15 s in the worst case. Any byte is life: at 200 B/s a batch of events
# and its acknowledgement take 6 s, and what is larger comes in pieces.

_PING_MS = const(20_000)
# Unless the broker names another keepalive: we say something at least this often, even while only QoS 0 comes and goes.

_UNANSWERED_MS = const(60_000)
# The path lives, but no packet of ours is acknowledged: a broker that is broken in this way is left.

_READ_BYTES = const(256)


class Lost(Exception):
    """The connection is of no more use."""


class Connection:
    """`owner` has `fill(now)`, which says what is to be said now; `due_ms(now)`, when it will have something to say if
    nobody sets `woken` before (None: never); `take(what)`, which hears; and `turns`, which counts that we live.
    """

    def __init__(self, stream, mqtt: Mqtt, owner, woken, up) -> None:  # type: ignore[no-untyped-def]
        self.stream = stream
        self.mqtt = mqtt
        self.ping_ms = _PING_MS
        self._owner = owner
        self._woken = woken
        self._up = up
        self._broken: "Exception | None" = None
        self._draining = None
        self._owed: "list[int]" = []
        self._heard = self._spoke = self._answered = up()
        self._asked: "int | None" = self._heard

    async def serve(self) -> None:
        """Carry, until it is lost: Lost, OSError or MqttError say why."""
        reader = asyncio.create_task(self._read())
        try:
            while True:
                self._owner.turns += 1
                self._woken.clear()
                if self._broken is not None:
                    raise self._broken
                now = self._up()
                said = self._say(now) if self._draining is None else None
                if said:
                    await self._write(said, now)
                else:
                    await happens(self._woken, self._wait_ms(now))
        finally:
            reader.cancel()
            if self._draining is not None:
                self._draining.cancel()

    def owe(self, packet_id: int) -> None:
        """A message came that wants to be acknowledged."""
        self._owed.append(packet_id)

    def leave(self) -> None:
        """Say at once, without waiting, what is still in the mouth and that we leave."""
        if self._draining is None:
            self.mqtt.disconnect()
            self.stream.write(self.mqtt.said())

    # Writing

    def _say(self, now: int) -> memoryview:
        """What is said now: what we owe, what the owner has to say, and a ping when nobody said anything for long."""
        mqtt = self.mqtt
        if not mqtt.unacknowledged:
            self._answered = now
        while self._owed and mqtt.puback(self._owed[0]) is not None:
            self._owed.pop(0)
        if not self._owed:
            self._owner.fill(now)
        if now >= self._ping_at() and mqtt.ping() is not None and self._asked is None:
            self._asked = now
        return mqtt.said()

    async def _write(self, said: memoryview, now: int) -> None:
        """All that waits, in one write."""
        self._spoke = now
        self.stream.write(said)
        blocked = self.stream.out_buf
        if self._asked is None and (blocked or self.mqtt.unacknowledged):
            self._asked = now
        if blocked:
            self._draining = asyncio.create_task(self._drain())
        else:
            await asyncio.sleep_ms(0)

    async def _drain(self) -> None:
        """The network takes no more now (or TLS shakes hands); whatever it takes later is a sign of life."""
        try:
            while self.stream.out_buf:
                await self.stream.drain()
                self._moved()
            self._draining = None
            self._moved()
        except OSError as err:
            self._broken = err
        self._woken.set()

    # The path

    def _moved(self) -> None:
        self._heard = self._up()
        # While what we say is stuck it is asked for still, and nothing else is due: a path may die in the middle of it.
        self._asked = None if self._draining is None else self._heard

    def _ping_at(self) -> int:
        at = self._spoke + self.ping_ms
        return at if self._asked is not None else min(at, self._heard + _SILENT_MS)

    def _wait_ms(self, now: int) -> int:
        """How long nothing is to be done, if nobody wakes us. Raises Lost when the path is dead."""
        if self.mqtt.unacknowledged and now - self._answered >= _UNANSWERED_MS:
            raise Lost("no packet was acknowledged for %d ms" % (now - self._answered))
        waits = []
        if self._asked is not None:
            waits.append(max(self._heard + _DEAD_MS, self._asked + _ANSWER_MS) - now)
            if waits[0] <= 0:
                raise Lost("not a byte from the broker for %d ms" % (now - self._heard))
        if self._draining is None:
            due = self._owner.due_ms(now)
            waits += [self._ping_at() - now, due if due is not None else _UNANSWERED_MS]
        return max(1, min(waits))

    # Reading

    async def _read(self) -> None:
        mqtt, stream, woken = self.mqtt, self.stream, self._woken
        try:
            while True:
                data = await stream.read(_READ_BYTES)
                self._moved()
                if data is None:
                    continue  # something moved below, of which nothing is whole yet
                if not data:
                    raise Lost("the broker closed the connection")
                out = len(mqtt.unacknowledged)
                for what in mqtt.receive(data):
                    self._owner.take(what)
                if len(mqtt.unacknowledged) != out:
                    self._answered = self._heard
                woken.set()
        except (OSError, MqttError, Lost) as err:
            self._broken = err
            woken.set()
