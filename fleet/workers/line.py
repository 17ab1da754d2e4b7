"""A connection of the fleet to the broker that takes very many messages; for the rest it is used as `Broker` is.

An event loop in a thread of its own carries bytes; a worker takes what has come, and acknowledges after its commit what
came by this connection. What is said with QoS 1 waits for its acknowledgement over as many connections as it takes.
"""

import asyncio
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any

from paho.mqtt.client import convert_connack_rc_to_reason_code
from paho.mqtt.enums import ConnackCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from fleet import metrics, mqtt_packets
from fleet.broker_client import broker_host
from fleet.mqtt_packets import Answered, BadPacket, Came, Stream
from fleet.settings import Settings
from fleet.workers.broker import ARRIVED_AT_MOST, KEEPALIVE_S, RETURN_MAX_S, RETURN_MIN_S, UNACKNOWLEDGED_AT_MOST
from fleet.workers.reaching import Reaching
from protocols.message import Message
from protocols.topics import down

PACKET_AT_MOST_BYTES = 8 * 1024 * 1024
# What is larger stays with the broker. What is too large for us is read, and kept as unreadable.

UNSENT_AT_MOST_BYTES = 4 * 1024 * 1024
# A broker that leaves so much unread is left.

REFUSED_FROM = 128

Said = tuple[str, bytes, bool]
# The topic, the payload, and whether it is retained.

PIECE_BYTES = 256 * 1024
GATHER_S = 0.001
# While the worker is busy with what it took, nobody waits for the next message: some come together, and wake us once.

FLYING_AT_MOST = 200
CONNECT_WITHIN_S = 15.0
OUR_SUBSCRIPTION = 1
# The number of the packet that asks for it; messages have others.


class Refused(Exception):
    """The broker does not let us in."""


class Line(Reaching):
    """Connected to the broker of the settings as one worker; `subscriptions` are (topic filter, qos)."""

    def __init__(self, settings: Settings, worker: str, subscriptions: Sequence[tuple[str, int]]) -> None:
        super().__init__(settings, worker)
        self.subscriptions = list(subscriptions)
        self.subscribed = threading.Event()
        self.five = settings.broker_protocol == "5"
        self.room = threading.Condition()
        self.arrived: deque[Came] = deque()
        self.awaited = False
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.carry, name=f"{worker}'s line", daemon=True)
        self.writer: asyncio.StreamWriter | None = None
        self.read_on = asyncio.Event()
        self.connections = 0
        self.left = asyncio.Event()
        self.unsaid: deque[Said] = deque()
        self.flying: dict[int, Said] = {}
        self.flying_at_most = FLYING_AT_MOST
        self.last_mid = OUR_SUBSCRIPTION

    # What workers do, in threads of theirs

    def start(self) -> None:
        """Begin to connect; returns at once."""
        self.thread.start()

    def stop(self) -> None:
        """Leave the broker; what still arrives is not taken."""
        self.soon(self.leave)
        self.thread.join()

    @property
    def leaving(self) -> bool:
        """Whether we leave, and come back no more."""
        return self.left.is_set()

    @property
    def waiting(self) -> int:
        """How many messages have come and are not taken yet."""
        return len(self.arrived)

    def take(self, most: int, wait_s: float) -> list[Came]:
        """The messages that have arrived, at most so many; waits for the first one."""
        with self.room:
            if not self.arrived:
                self.awaited = True
                self.room.wait(wait_s)
                self.awaited = False
            taken = [self.arrived.popleft() for _ in range(min(most, len(self.arrived)))]
        if taken and not self.read_on.is_set():
            self.soon(self.read_on.set)
        return taken

    def acknowledge(self, messages: Sequence[Came]) -> None:
        """The broker may forget these; those of an earlier connection it has forgotten, or sends again."""
        connection = self.connections
        mids = [one.mid for one in messages if one.qos and one.connection == connection]
        if mids:
            self.soon(self.write, mqtt_packets.pubacks(mids), connection)

    def tell(self, device: str, name: str, message: Message, qos: int, retain: bool = False) -> None:
        """Publish a message to a device; with QoS 0 it is lost while there is no broker."""
        self.soon(self.publish, (down(device, name), message.to_bytes(), retain), qos)

    def tell_each(self, name: str, told: Iterable[tuple[str, Message]]) -> None:
        """Publish a message of this kind to each of these devices, with QoS 0, in one write."""
        packets = [
            mqtt_packets.publish(self.five, down(device, name), message.to_bytes(), 0, False, 0)
            for device, message in told
        ]
        self.soon(self.say, b"".join(packets))

    def soon(self, do: Callable[..., Any], *more: Any) -> None:
        """Have this done in the event loop, unless that has ended."""
        with suppress(RuntimeError):
            self.loop.call_soon_threadsafe(do, *more)

    # What happens in the event loop

    def carry(self) -> None:
        """The thread."""
        try:
            self.loop.run_until_complete(self.live())
        finally:
            self.loop.close()

    async def live(self) -> None:
        """Connect, and again whenever the connection is lost, until we leave."""
        wait_s = float(RETURN_MIN_S)
        while not self.leaving:
            try:
                await self.connected()
            except Refused as refusal:
                self.complain(f"the broker refuses us: {refusal}")
            except (OSError, EOFError, TimeoutError, BadPacket, ssl.SSLError) as problem:
                self.lost(str(problem) or type(problem).__name__)
            wait_s = float(RETURN_MIN_S) if self.is_up else min(2 * wait_s, RETURN_MAX_S)
            self.is_up = False
            with suppress(TimeoutError):
                await asyncio.wait_for(self.left.wait(), wait_s)

    async def connected(self) -> None:
        """One connection, to its end."""
        settings = self.settings
        host, tls = broker_host(settings), tls_of(settings)
        async with asyncio.timeout(CONNECT_WITHIN_S):
            reader, self.writer = await asyncio.open_connection(host, settings.broker_port, ssl=tls, limit=PIECE_BYTES)
        self.connections += 1
        user, password = settings.broker_user, settings.broker_password
        limits = KEEPALIVE_S, UNACKNOWLEDGED_AT_MOST, PACKET_AT_MOST_BYTES
        self.writer.write(mqtt_packets.connect(self.five, user, password, *limits))
        pinging = asyncio.create_task(self.ping())
        try:
            await self.listen(reader, Stream(self.five, self.connections, PACKET_AT_MOST_BYTES))
        finally:
            pinging.cancel()
            self.subscribed.clear()
            metrics.BROKER_UP.labels(self.worker).set(0)
            self.writer.close()
            self.writer = None

    async def listen(self, reader: asyncio.StreamReader, stream: Stream) -> None:
        """What the broker says, until one of us ends it. While too much waits to be taken, nothing is read."""
        while not self.leaving:
            async with asyncio.timeout(1.5 * KEEPALIVE_S):
                data = await reader.read(PIECE_BYTES)
            if not data and not self.leaving:
                raise EOFError("it closed the connection")
            came, answers = stream.read(data, time.monotonic())
            for answer in answers:
                self.heard(answer)
            if came:
                with self.room:
                    self.arrived.extend(came)
                    awaited = self.awaited
                    self.room.notify()
                if not awaited:
                    await asyncio.sleep(GATHER_S)
            while len(self.arrived) >= ARRIVED_AT_MOST and not self.leaving:
                self.read_on.clear()
                if len(self.arrived) >= ARRIVED_AT_MOST:  # nobody took any meanwhile
                    await self.read_on.wait()

    async def ping(self) -> None:
        """So that each of us knows that the other is there."""
        while True:
            await asyncio.sleep(KEEPALIVE_S / 2)
            self.write(mqtt_packets.PING, self.connections)

    def heard(self, answer: Answered) -> None:
        """The broker said something that is no message. Raises Refused, EOFError."""
        if answer.kind == mqtt_packets.CONNACK:
            if answer.code:
                raise Refused(str(self.reason(answer.code)))
            self.welcomed(answer)
        elif answer.kind == mqtt_packets.SUBACK:
            if answer.code >= REFUSED_FROM:
                raise Refused(f"our subscription, with reason {answer.code}")
            self.subscribed.set()
        elif answer.kind == mqtt_packets.PUBACK:
            self.flying.pop(answer.mid, None)
            self.fly()
        elif answer.kind == mqtt_packets.DISCONNECT:
            raise EOFError(f"it ended the connection with reason {answer.code}")

    def reason(self, code: int) -> ReasonCode:
        """A code of the broker's first answer, with its words."""
        if self.five:
            return ReasonCode(PacketTypes.CONNACK, identifier=code)
        return convert_connack_rc_to_reason_code(ConnackCode(code))

    def welcomed(self, answer: Answered) -> None:
        """The broker takes us: ask for messages, and say again what it did not acknowledge."""
        self.came_up()
        if self.subscriptions:
            self.write(mqtt_packets.subscribe(self.five, OUR_SUBSCRIPTION, self.subscriptions), self.connections)
        self.flying_at_most = min(FLYING_AT_MOST, answer.receive_maximum)
        self.unsaid.extendleft(reversed(self.flying.values()))
        self.flying.clear()
        self.fly()

    def lost(self, problem: str) -> None:
        """The connection is gone, or there was none."""
        if self.is_up:
            self.was_lost(problem)
        else:
            self.found_nobody(problem)

    def publish(self, said: Said, qos: int) -> None:
        """Say this now, or with QoS 1 as soon as there is room for it."""
        if qos:
            self.unsaid.append(said)
            self.fly()
        else:
            topic, payload, retain = said
            self.say(mqtt_packets.publish(self.five, topic, payload, 0, retain, 0))

    def say(self, packets: bytes) -> None:
        """What is lost while there is no broker."""
        if self.is_up:
            self.write(packets, self.connections)

    def fly(self) -> None:
        """Say what has not been said yet, as far as the broker takes it."""
        while self.is_up and self.unsaid and len(self.flying) < self.flying_at_most:
            self.last_mid = self.last_mid % 65_535 + 1
            if self.last_mid in self.flying or self.last_mid == OUR_SUBSCRIPTION:
                continue
            said = self.flying[self.last_mid] = self.unsaid.popleft()
            topic, payload, retain = said
            self.write(mqtt_packets.publish(self.five, topic, payload, 1, retain, self.last_mid), self.connections)

    def write(self, data: bytes, connection: int) -> None:
        """On this connection, if it is still there. A broker that takes nothing for long is left."""
        if self.writer is None or connection != self.connections:
            return
        self.writer.write(data)
        if self.writer.transport.get_write_buffer_size() > UNSENT_AT_MOST_BYTES:
            self.writer.transport.abort()

    def leave(self) -> None:
        """Say goodbye after all that was said before."""
        self.left.set()
        self.read_on.set()
        if self.writer is not None:
            self.write(mqtt_packets.LEAVE, self.connections)
            self.writer.close()


def tls_of(settings: Settings) -> ssl.SSLContext | None:
    """How TLS is spoken with the broker, if it is."""
    if not settings.broker_tls:
        return None
    return ssl.create_default_context(cafile=None if settings.broker_tls_ca is None else str(settings.broker_tls_ca))
