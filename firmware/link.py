"""The link carries: it waits for the network, the broker and the fleet, and never lets the rest of the device wait."""

import asyncio
import binascii
import gc
import os

from firmware import VERSION
from firmware.connection import Connection, Lost
from firmware.delivery import Delivery
from firmware.mqtt import Answer, Mqtt, MqttError, Published
from firmware.sparing import const, lent
from protocols.message import ProtocolError, decode
from protocols.presence import Alive, Hello, Welcome
from protocols.receipt import Receipt
from protocols.state import State
from protocols.topics import down, up

_KEEPALIVE_S = const(30)
_CONNECT_MS = const(10_000)
_UNACKNOWLEDGED_AT_MOST = const(10)
_NONCE_BYTES = const(8)
_PACKET_BYTES = const(1024 + 64)
# A batch of events with its topic.

_BACK_OFF_FROM_MS = const(1_000)
_BACK_OFF_AT_MOST_MS = const(60_000)

_WELCOME_MS = const(10_000)
_WELCOME_AT_MOST_MS = const(3_600_000)
# A welcome that does not come in this time was lost on its way, and without one a new device is mute: hello again, and
# twice as long until the next. A fleet that comes back after an hour finds the last hello at the broker.

_CONNACK = const(0x20)
_SUBACK = const(0x90)
_DISCONNECT = const(0xE0)
_TAKEN_OVER = const(0x8E)
_TAKEN_OVER_FAILURES = const(10)
# A reason code of MQTT 5: another device came under our name.


class Link:
    """The connection of one device to its broker, for ever anew."""

    def __init__(self, device) -> None:  # type: ignore[no-untyped-def]
        self._device = device
        self._delivery = Delivery(device.outbox)
        self._failures = 0
        self._room = bytearray(_PACKET_BYTES)
        self._nonce = ""
        self._welcome_at: "int | None" = None
        self._welcome_ms = _WELCOME_MS
        self.turns = 0
        self.poke = device.woken.set
        self._events = up(device.identity.device, "events")

    async def run(self) -> None:
        """Connect, serve, wait a random time that grows, and again."""
        while True:
            self.turns += 1
            try:
                await self._device.board.join_network(self._device.network)
                await self._serve()
            except (OSError, EOFError, MqttError, Lost, asyncio.TimeoutError) as err:
                print("link:", type(err).__name__, err)
            await asyncio.sleep_ms(back_off_ms(self._failures, self._device.board.random))
            self._failures += 1

    async def _serve(self) -> None:
        device = self._device
        stream = await asyncio.wait_for_ms(device.board.connect(device.network), _CONNECT_MS)
        try:
            self._mqtt = Mqtt(device.network.protocol, self._room)
            self._most = _UNACKNOWLEDGED_AT_MOST
            self._connection = Connection(stream, self._mqtt, self, device.woken, device.clock.up)
            me = device.identity
            will = (up(me.device, "alive"), Alive(gone=True).to_bytes())
            lent("greeting").connect(self._mqtt, me.device, me.device, me.password, _KEEPALIVE_S, will)
            await self._connection.serve()
        finally:
            if device.online and device.ended.is_set():
                self._leave()
            device.online = False
            device.outgoing.clear()
            stream.close()
            await stream.wait_closed()

    def _leave(self) -> None:
        """A planned end: nobody shall take it for a loss. It is said without waiting, for our time is over."""
        device = self._device
        state = "sleeping" if device.end_reason == "sleep" else "leaving"
        alive = Alive(state=state, wakes=device.wakes)
        self._mqtt.publish(up(device.identity.device, "alive"), alive.to_bytes(), 1, True)
        try:
            self._connection.leave()
        except OSError:
            pass  # it was lost just then

    # What we say

    def fill(self, now: int) -> None:
        """What is live first, then events."""
        device, mqtt = self._device, self._mqtt
        if not device.online:
            return
        if self._welcome_at is not None and now >= self._welcome_at:
            self._say_hello(now)
        while device.outgoing and len(mqtt.unacknowledged) < self._most:
            name, payload, qos = device.outgoing[0]
            try:
                topic = up(device.identity.device, name)
                if mqtt.publish(topic, payload, qos, name in ("hello", "alive")) is None:
                    return
            except MqttError as err:
                print("link:", name, err)
            device.outgoing.pop(0)
        if device.identity.epoch is not None:
            self._fill_events(now)

    def _fill_events(self, now: int) -> None:
        mqtt, delivery = self._mqtt, self._delivery
        while len(mqtt.unacknowledged) < self._most and not mqtt.waiting:
            sending = delivery.next(now)
            if sending is None:
                return
            try:
                delivery.departed(sending, mqtt.publish(self._events, sending.pieces, 1), now)
                sending.pieces.clear()  # while it flies its numbers are enough
            except MqttError as err:
                if not delivery.too_long(sending):
                    raise Lost(str(err)) from None

    def due_ms(self, now: int) -> "int | None":
        """When events or hello must be sent again."""
        if not self._device.online:
            return None
        due = self._delivery.due_ms(now)
        if self._welcome_at is None:
            return due
        wait = max(0, self._welcome_at - now)
        return wait if due is None else min(due, wait)

    # What we hear

    def take(self, what: object) -> None:
        """The broker said this."""
        if isinstance(what, Published):
            self._told(what)
        elif isinstance(what, Answer):
            self._answered(what.kind, what.packet_id, what.code)

    def _answered(self, kind: int, packet_id: int, code: int) -> None:
        """The broker answered, or ends the connection."""
        if kind == _DISCONNECT:
            if code == _TAKEN_OVER:
                self._failures = max(self._failures, _TAKEN_OVER_FAILURES)  # else each pushes the other off, for ever
            raise Lost("the broker ended the connection with reason %d" % code)
        if kind == _CONNACK:
            if code:
                raise Lost("the broker refused the connection with reason %d" % code)
            self._greet()
        elif code >= 128:
            if kind == _SUBACK:
                raise Lost("the broker refused our subscription with reason %d" % code)
            print("link: the broker refused packet %d with reason %d" % (packet_id, code))

    def _greet(self) -> None:
        """The broker took us: subscribe, say hello, and begin where the receipts ended."""
        device = self._device
        self._most = min(_UNACKNOWLEDGED_AT_MOST, self._mqtt.receive_maximum)
        if self._mqtt.keepalive_s:
            self._connection.ping_ms = self._mqtt.keepalive_s * 667
        self._delivery.start(self._mqtt.unacknowledged)
        self._nonce = binascii.hexlify(os.urandom(_NONCE_BYTES)).decode()
        device.online, device.welcomed = True, False
        lent("greeting").subscribe(self._mqtt, down(device.identity.device, "+"), 1)
        device.say("alive", Alive(), 1)
        self._welcome_ms = _WELCOME_MS
        self._say_hello(device.clock.up())

    def _say_hello(self, now: int) -> None:
        """The same nonce each time on one connection: for the fleet it is one birth."""
        self._device.say("hello", self._hello(), 1)
        self._welcome_at = now + self._welcome_ms
        self._welcome_ms = min(_WELCOME_AT_MOST_MS, 2 * self._welcome_ms)

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
            self._connection.owe(published.packet_id)
        name = published.topic.split("/")[-1]
        try:
            if name == "receipt":
                receipt = decode(Receipt, published.payload)
                self._device.clock.hear(receipt.now)
                self._delivery.receipt(receipt, self._device.clock.up())
                self._failures = 0
            elif name == "welcome":
                welcome = decode(Welcome, published.payload)
                if welcome.nonce == self._nonce:
                    self._welcome_at = None
                    self._failures = 0
                    self._device.welcome(welcome)
            elif name == "state":
                self._device.take_state(decode(State, published.payload))
            elif name == "config":
                self._device.take_config(published.payload)
        except ProtocolError as err:
            print("link:", err)
        except MemoryError as err:
            gc.collect()  # better without this message than without the device: most of it comes again
            print("link: MemoryError:", name, err)
            self._device.fault("memory", "down/" + name)


def back_off_ms(failures: int, random) -> int:  # type: ignore[no-untyped-def]
    """Any time below a bound that doubles with every second failure.

    So a thousand devices that lost their broker at once spread out, and are soon back after a restart of it.
    """
    return int(random(min(_BACK_OFF_AT_MOST_MS, _BACK_OFF_FROM_MS << min(failures // 2, 10))))
