"""The link carries: it waits for the network, the broker and the fleet, and never lets the rest of the device wait."""

import asyncio
import binascii
import gc
import os

from firmware.connection import Connection, Lost
from firmware.delivery import Delivery
from firmware.mqtt import Answer, Mqtt, MqttError, Published
from firmware.sparing import KEYS, PRESENCE, const, lent
from protocols.message import ProtocolError, from_json
from protocols.receipt import Receipt
from protocols.topics import down, up

_KEEPALIVE_S = const(30)
_CONNECT_MS = const(10_000)
_UNACKNOWLEDGED_AT_MOST = const(10)
_NONCE_BYTES = const(8)
_PACKET_BYTES = const(1024 + 64)
# A batch of events with its topic.

_UNHEARD_BYTES = const(64)

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
                lent("telling_cable").state(3, self._device)  # on its way
                await self._device.board.join_network(self._device.network)
                await self._serve()
            except (OSError, EOFError, MqttError, Lost, asyncio.TimeoutError) as err:
                self._device.log("link: %s %s" % (type(err).__name__, err))
                lent("telling_cable").failed()
            await asyncio.sleep_ms(back_off_ms(self._failures, self._device.board.random))
            self._failures += 1

    async def _serve(self) -> None:
        device = self._device
        if device.identity.slot is not None:
            lent("keeping_keys", *KEYS).choose(device)
        stream = await asyncio.wait_for_ms(device.board.connect(device.network), _CONNECT_MS)
        try:
            self._mqtt = Mqtt(device.network.protocol, self._room)
            self._most = _UNACKNOWLEDGED_AT_MOST
            self._connection = Connection(stream, self._mqtt, self, device.woken, device.clock.up)
            me = device.identity
            will = (up(me.device, "alive"), lent("presenting", PRESENCE).gone())
            lent("greeting").connect(self._mqtt, me.device, me.device, me.password, _KEEPALIVE_S, will)
            await self._connection.serve()
        finally:
            leaving = device.online and device.ended.is_set()
            if leaving:
                self._leave()
            device.online = False
            device.outgoing.clear()
            if device.update is not None:
                device.update.lost()
            if leaving:
                await self._hear_out(stream)
            stream.close()
            await stream.wait_closed()

    def _leave(self) -> None:
        """It is said without waiting, for our time is over."""
        device = self._device
        topic = up(device.identity.device, "alive")
        try:
            self._mqtt.publish(topic, lent("presenting", PRESENCE).leaving(device), 1, True)
            self._connection.leave()
        except (OSError, MemoryError):
            pass  # it was lost just then, or there is no room for a word

    async def _hear_out(self, stream) -> None:  # type: ignore[no-untyped-def]
        """Until the broker closes: whoever closes with bytes unread resets the path, and what was said last is lost."""
        try:
            while await stream.read(_UNHEARD_BYTES) != b"":
                pass
        except OSError:
            pass

    # What we say

    def fill(self, now: int) -> None:
        """What is live first, then events."""
        device, mqtt = self._device, self._mqtt
        if not device.online:
            return
        if self._welcome_at is not None and now >= self._welcome_at:
            lent("presenting", PRESENCE).say_hello(device, device.nonce)
            self._await_welcome(now)
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
            # What MQTT 3.1.1 and 5 say of a bad name or password. (A name for them would be one too many in RAM.)
            self._device.identity.refused = code in (4, 5, 0x86, 0x87)
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
        device.nonce = binascii.hexlify(os.urandom(_NONCE_BYTES)).decode()
        device.online, device.welcomed = True, False
        lent("greeting").subscribe(self._mqtt, down(device.identity.device, "+"), 1)
        self._welcome_ms = _WELCOME_MS
        lent("presenting", PRESENCE).come(device, device.nonce)
        self._await_welcome(device.clock.up())

    def _await_welcome(self, now: int) -> None:
        self._welcome_at = now + self._welcome_ms
        self._welcome_ms = min(_WELCOME_AT_MOST_MS, 2 * self._welcome_ms)

    def _told(self, published: Published) -> None:
        """A message on `down/…`. One that can not be read is acknowledged and left aside; it must not come for ever."""
        if published.packet_id is not None:
            self._connection.owe(published.packet_id)
        name = published.topic.split("/")[-1]
        try:
            if name == "config":
                if self._device.identity.epoch is not None:  # a new start would lose the one that is on its way
                    if self._device.take_config(published.payload):
                        self._welcome_at = self._device.clock.up()  # hello again, with the new one
                return
            if name == "state":
                self._device.take_state(published.payload)
                return
            if name == "file" and self._device.update is None:
                return  # nobody asked for it
            data = from_json(published.payload, name)
            published.payload = b""  # nothing large is held twice: what it says, and its bytes
            if name == "receipt":
                receipt = Receipt.from_dict(data)
                self._device.clock.hear(receipt.now)
                self._delivery.receipt(receipt, self._device.clock.up())
                self._failures = 0
            elif name == "welcome":
                welcome = lent("presenting", PRESENCE).welcome(data)
                if welcome.nonce == self._device.nonce:
                    self._welcome_at = None
                    self._failures = 0
                    self._device.welcome(welcome)
                    lent("telling_cable").state(4)  # and there
            elif name == "command":
                lent("commanding").take(self._device, data)
            elif name == "secret":
                said = lent("keeping_keys", *KEYS).take(self._device, data)
                if said is not None:
                    lent("new_network").take(self._device, said)
            elif name == "release":
                lent("updating").take(self._device, data)
            elif name == "file":
                self._device.update.take(data)
        except ProtocolError as err:
            print("link:", err)
        except MemoryError as err:
            gc.collect()  # better without this message than without the device: most of it comes again
            print("link: MemoryError:", name, err)
            if name != "file":  # it is asked for again, and in smaller pieces
                self._device.fault("memory", "down/" + name)


def back_off_ms(failures: int, random) -> int:  # type: ignore[no-untyped-def]
    """Any time below a bound that doubles with every second failure.

    So a thousand devices that lost their broker at once spread out, and are soon back after a restart of it.
    """
    return int(random(min(_BACK_OFF_AT_MOST_MS, _BACK_OFF_FROM_MS << min(failures // 2, 10))))
