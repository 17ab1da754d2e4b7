"""The link carries: it waits for the network, the broker and the fleet, and never lets the rest of the device wait.

One task writes and one reads. Nothing here ticks: the writer sleeps until somebody has something to say, an answer is
overdue, or the line was silent for so long that it must be asked whether it still lives.
"""

import asyncio
import binascii
import os

from firmware import VERSION
from firmware.delivery import Delivery
from firmware.mqtt import Acknowledged, Connected, Ended, Mqtt, MqttError, Published
from firmware.waiting import happens
from protocols.message import ProtocolError, decode
from protocols.presence import Alive, Hello, Welcome
from protocols.receipt import Receipt
from protocols.state import Config, State
from protocols.topics import down, up

KEEPALIVE_S = 30
SILENT_MS = 20_000
ANSWER_MS = 8_000
# A ping after 20 s of silence, and 8 s for any answer: a path that died without a word is noticed within 28 s, and
# within 8 s while something is being sent.

CONNECT_MS = 10_000
BACK_OFF_FROM_MS = 1_000
BACK_OFF_AT_MOST_MS = 60_000
READ_BYTES = 512
UNACKNOWLEDGED_AT_MOST = 10
NONCE_BYTES = 8
PACKET_BYTES = 1024 + 64
# A batch of events with its topic.


class Lost(Exception):
    """The connection is of no more use."""


class Link:
    """The connection of one device to its broker, for ever anew."""

    def __init__(self, device) -> None:  # type: ignore[no-untyped-def]
        self._device = device
        self._delivery = Delivery(device.outbox)
        self._room = bytearray(PACKET_BYTES)
        self._failures = 0
        self._nonce = ""
        self.turns = 0
        self.poke = device.woken.set

    async def run(self) -> None:
        """Connect, serve, wait a random time that grows, and again."""
        while True:
            self.turns += 1
            try:
                await self._device.board.join_network()
                await self._connection()
            except (OSError, EOFError, MqttError, Lost, asyncio.TimeoutError) as err:
                print("link:", type(err).__name__, err)
            longest = min(BACK_OFF_AT_MOST_MS, BACK_OFF_FROM_MS << min(self._failures, 10))
            self._failures += 1
            await asyncio.sleep_ms(self._device.board.random(longest))

    async def _connection(self) -> None:
        network = self._device.network
        stream = await asyncio.wait_for_ms(self._device.board.connect(network), CONNECT_MS)
        reader = None
        try:
            self._stream = stream
            self._mqtt = Mqtt(network.protocol, self._room)
            self._broken: "Exception | None" = None
            self._owed: "list[bytearray]" = []
            self._most = UNACKNOWLEDGED_AT_MOST
            self._silent_ms = SILENT_MS
            self._asked: "int | None" = None
            await self._write(self._connect_packet(), True)
            reader = asyncio.create_task(self._read())
            await self._serve()
        finally:
            self._device.online = False
            self._device.outgoing.clear()
            if reader is not None:
                reader.cancel()
            stream.close()
            await stream.wait_closed()

    # Writing

    async def _serve(self) -> None:
        device = self._device
        while True:
            self.turns += 1
            device.woken.clear()
            if self._broken is not None:
                raise self._broken
            now = device.clock.up()
            packet = self._next(now)
            if packet is not None:
                await self._write(packet, bool(self._mqtt.unacknowledged))
            elif self._asked is not None and now - self._asked >= ANSWER_MS:
                raise Lost("no answer from the broker for %d ms" % (now - self._asked))
            elif now - self._spoke >= self._silent_ms:
                await self._write(self._mqtt.ping(), True)
            else:
                await happens(device.woken, self._wait_ms(now))

    def _wait_ms(self, now: int) -> int:
        """How long nothing is to be done, if nobody wakes us."""
        waits = [self._spoke + self._silent_ms - now]
        if self._asked is not None:
            waits.append(self._asked + ANSWER_MS - now)
        due = self._delivery.due_ms(now)
        if due is not None and self._device.online:
            waits.append(due)
        return max(1, min(waits))

    def _next(self, now: int) -> "bytearray | memoryview | None":
        """The next packet: what we owe first, then what is live, then events."""
        device = self._device
        if self._owed:
            return self._owed.pop(0)
        if not device.online or len(self._mqtt.unacknowledged) >= self._most:
            return None
        if device.outgoing:
            name, payload, qos = device.outgoing.pop(0)
            return self._mqtt.publish(up(device.identity.device, name), payload, qos, name in ("hello", "alive"))
        if device.identity.epoch is None:
            return None
        sending = self._delivery.next(now)
        if sending is None:
            return None
        return self._mqtt.publish(up(device.identity.device, "events"), sending.payload, 1)

    async def _write(self, packet, wants_answer: bool) -> None:  # type: ignore[no-untyped-def]
        """One packet, one write. From the first unanswered one on the broker's time runs."""
        self._spoke = self._device.clock.up()
        if wants_answer and self._asked is None:
            self._asked = self._spoke
        self._stream.write(packet)
        await asyncio.wait_for_ms(self._stream.drain(), ANSWER_MS)

    def _connect_packet(self) -> bytearray:
        me = self._device.identity
        will = (up(me.device, "alive"), Alive(gone=True).to_bytes())
        return self._mqtt.connect(me.device, me.device, me.password, KEEPALIVE_S, will)

    # Reading

    async def _read(self) -> None:
        try:
            while True:
                data = await self._stream.read(READ_BYTES)
                if not data:
                    raise Lost("the broker closed the connection")
                self._asked = None
                for what in self._mqtt.receive(data):
                    self._take(what)
        except (OSError, MqttError, Lost) as err:
            self._broken = err
        self._device.woken.set()

    def _take(self, what: object) -> None:
        if isinstance(what, Connected):
            self._greet(what)
        elif isinstance(what, Published):
            self._told(what)
        elif isinstance(what, Ended):
            raise Lost("the broker ended the connection with reason %d" % what.code)
        elif isinstance(what, Acknowledged) and what.codes and what.codes[0] >= 128:
            print("link: the broker refused packet %d with reason %d" % (what.packet_id, what.codes[0]))
        self._device.woken.set()

    def _greet(self, connected: Connected) -> None:
        """The broker took us: subscribe, say hello, and begin where the receipts ended."""
        if connected.code:
            raise Lost("the broker refused the connection with reason %d" % connected.code)
        device = self._device
        self._most = min(UNACKNOWLEDGED_AT_MOST, connected.receive_maximum)
        if connected.keepalive_s:
            self._silent_ms = min(SILENT_MS, connected.keepalive_s * 667)
        self._delivery.start()
        self._nonce = binascii.hexlify(os.urandom(NONCE_BYTES)).decode()
        device.online = True
        self._owed.append(self._mqtt.subscribe(down(device.identity.device, "+"), 1))
        device.say("alive", Alive(), 1)
        device.say("hello", self._hello(), 1)

    def _hello(self) -> Hello:
        device = self._device
        return Hello(
            firmware=VERSION,
            board=device.board.name,
            roles=device.config.roles if device.config else [],
            epoch=device.identity.epoch,
            boot=device.identity.boot,
            reset=device.board.reset_reason,
            config=device.config.version if device.config else None,
            leases=device.leases.ids() if device.leases else [],
            rescue=device.rescue,
            nonce=self._nonce,
            up=device.clock.up(),
        )

    def _told(self, published: Published) -> None:
        """A message on `down/…`. One that can not be read is acknowledged and left aside; it must not come for ever."""
        if published.packet_id is not None:
            self._owed.append(self._mqtt.puback(published.packet_id))
        name = published.topic.split("/")[-1]
        try:
            if name == "receipt":
                receipt = decode(Receipt, published.payload)
                self._device.clock.hear(receipt.now)
                self._delivery.receipt(receipt)
                self._failures = 0
            elif name == "welcome":
                welcome = decode(Welcome, published.payload)
                if welcome.nonce == self._nonce:
                    self._failures = 0
                    self._device.welcome(welcome)
            elif name == "state":
                self._device.take_state(decode(State, published.payload))
            elif name == "config":
                self._device.take_config(decode(Config, published.payload))
        except ProtocolError as err:
            print("link:", err)
