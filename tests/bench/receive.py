"""The receiver: events stored a second, and the ratio to a subscriber that does nothing, in the same run.

A publisher of its own process floods a real Mosquitto, a thousand messages under way at most, with one event a message
and with a full batch a message. The receiver stores at most 500 messages in a transaction, on SQLite with full
synchronisation and on a PostgreSQL of the system's that does everything it does to outlive a power cut (`db`). The null
subscriber is paho with manual acknowledgement, and nothing behind it. The two take turns, round after round.
"""

import asyncio
import multiprocessing
import socket
import statistics
import tempfile
import time
from collections.abc import Callable
from multiprocessing.synchronize import Event as EventClass
from pathlib import Path

import paho.mqtt.client as mqtt

from fleet.flows.enrol import FLEET_USER, broker_passwords
from fleet.flows.presence import welcome
from fleet.flows.receive import Received
from fleet.laptop.broker import free_port
from fleet.laptop.mosquitto import Mosquitto
from fleet.mqtt_packets import LEAVE, connect, publish
from fleet.settings import Settings
from fleet.store.database import Store
from fleet.workers.broker import Broker
from fleet.workers.line import Line
from fleet.workers.receiver import Receiver
from protocols import events
from protocols.batches import Receipt
from protocols.message import decode
from tests.bench.figures import figure, percentile, progress
from tests.fleet.office import PLAN, Speaker, hello, open_office
from tests.postgresql import PostgreSQL

ROUNDS = 3
FLEET_PASSWORD = "fleet"
DEVICES = [device.id for device in PLAN.devices]
SHAPES = ((1, 8_000), (8, 2_000))
# (events a message, messages a round)

PACED_HZ, PACED = 200, 1_000
LONGEST_S = 300
WINDOW, PIECE_BYTES, PUBACK_BYTES = 1_000, 65_536, 4


def run() -> None:
    """Measure, and print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(Path(folder), "sqlite"))
    server = PostgreSQL(durable=True).start()
    try:
        with tempfile.TemporaryDirectory() as folder:
            asyncio.run(measure(Path(folder), "postgresql", server.database()))
    finally:
        server.stop()


async def measure(folder: Path, db: str, database: str = "") -> None:
    """A broker and a store; rounds of flooding; then a paced stream for the latency."""
    store, _ = open_office(folder, now_ms=0, database=database)
    for device in DEVICES:
        welcome(store, device, hello(), int(time.time() * 1000))
    broker = Mosquitto(folder / "broker", free_port(), free_port())
    await broker.start(broker_passwords(store, FLEET_PASSWORD))
    settings = Settings(
        data=folder,
        broker_host="127.0.0.1",
        broker_port=broker.fleet_port,
        broker_user=FLEET_USER,
        broker_password=FLEET_PASSWORD,
    )
    try:
        await asyncio.to_thread(measure_rates, store, settings, db)
        await asyncio.to_thread(measure_latency, store, settings, db)
    finally:
        await broker.stop()
        store.close()


def measure_rates(store: Store, settings: Settings, db: str) -> None:
    """Events a second, and the ratio to the null subscriber."""
    boot = 1
    for per_message, messages in SHAPES:
        stored, ratios = [], []
        for number in range(ROUNDS):
            progress(f"receive: {per_message} events a message, round {number + 1}/{ROUNDS}")
            for device in DEVICES:
                for born in (boot, boot + 1):
                    welcome(store, device, hello(boot=born, epoch=1), int(time.time() * 1000))
            null = rate(settings, boot, per_message, messages, lambda _, n=messages: Null(settings, n))
            boot += 1
            full = rate(settings, boot, per_message, messages, lambda total: Storing(store, settings, total))
            boot += 1
            stored.append(full * per_message)
            ratios.append(full / null)
        fields = {"db": db, "events_per_message": per_message}
        figure("receive_events_per_s", statistics.median(stored), "events/s", ROUNDS, **fields)
        figure("receive_ratio_null", statistics.median(ratios), "ratio", ROUNDS, **fields)


def measure_latency(store: Store, settings: Settings, db: str) -> None:
    """From publishing to the receipt, at a steady pace: what a device waits for."""
    receiver = Receiver(store, settings)
    receiver.start()
    receipts: dict[int, float] = {}

    def took(_client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        receipts.setdefault(decode(Receipt, bytes(message.payload)).through, time.perf_counter())

    client = connected(settings)
    client.on_message = took
    client.subscribe("mc/1/+/down/receipt")
    speaker = Speaker("nut-1", boot=1_000)
    welcome(store, "nut-1", hello(boot=1_000, epoch=1), int(time.time() * 1000))
    sent = []
    for number in range(PACED):
        progress(f"receive: latency {number + 1}/{PACED}")
        speaker.does(events.RatingGiven(score=5, scale=5, up=number))
        sent.append(time.perf_counter())
        client.publish(speaker.topic, speaker.batch(number, oldest=0), qos=1)
        time.sleep(1 / PACED_HZ)
    wait_for(lambda: max(receipts, default=-1) >= PACED - 1)
    receiver.stop()
    client.loop_stop()
    waited_ms = []
    for number, began in enumerate(sent):
        covered = min(at for through, at in receipts.items() if through >= number)
        waited_ms.append((covered - began) * 1000)
    for name, share in (("receive_p50_ms", 0.5), ("receive_p99_ms", 0.99)):
        figure(name, percentile(waited_ms, share), "ms", PACED, db=db, rate_hz=PACED_HZ)


class Null:
    """Subscribes, acknowledges, and does nothing else."""

    def __init__(self, settings: Settings, messages: int) -> None:
        self.messages = messages
        self.seen = 0
        self.broker = Broker(settings, "null", [("$share/fleet/mc/1/+/up/events", 1)])
        self.broker.client.on_message = self.took
        self.broker.start()
        wait_for(self.broker.client.is_connected)

    def took(self, client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        """paho's own thread."""
        client.ack(message.mid, message.qos)
        self.seen += 1

    def done(self) -> bool:
        """Whether all have arrived."""
        return self.seen >= self.messages

    def stop(self) -> None:
        """Leave."""
        self.broker.stop()


class Storing(Receiver):
    """The receiver as it is; it only counts what it has committed."""

    def __init__(self, store: Store, settings: Settings, events_sent: int) -> None:
        super().__init__(store, settings)
        self.left = events_sent
        self.start()
        assert isinstance(self.broker, Line)
        wait_for(self.broker.subscribed.is_set)

    def committed(self, received: Received) -> None:
        """After each commit."""
        super().committed(received)
        self.left -= sum(received.new.values())

    def done(self) -> bool:
        """Whether all are committed."""
        return self.left <= 0


def rate(
    settings: Settings, boot: int, per_message: int, messages: int, make: Callable[[int], "Null | Storing"]
) -> float:
    """Messages a second, from the first publication to the last one taken."""
    taker = make(messages * per_message)
    context = multiprocessing.get_context("spawn")
    prepared, subscribed = context.Event(), context.Event()
    process = context.Process(target=flood, args=(settings, boot, per_message, messages, prepared, subscribed))
    process.start()
    prepared.wait(LONGEST_S)
    subscribed.set()
    began = time.perf_counter()
    wait_for(taker.done)
    took = time.perf_counter() - began
    process.join()
    taker.stop()
    return messages / took


def flood(
    settings: Settings, boot: int, per_message: int, messages: int, prepared: EventClass, subscribed: EventClass
) -> None:
    """Publish as fast as the broker takes it, devices in turn: paho would be slower than what is measured."""
    speakers = [Speaker(device, boot=boot) for device in DEVICES]
    packets = []
    for number in range(messages):
        speaker = speakers[number % len(speakers)]
        seqs = [speaker.does(events.RatingGiven(score=5, scale=5, up=number)) for _ in range(per_message)]
        mid = number % WINDOW + 1
        packets.append(publish(True, speaker.topic, speaker.batch(*seqs, oldest=0), 1, False, mid))
    with socket.create_connection((settings.broker_host, settings.broker_port)) as wire:
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        wire.sendall(connect(True, settings.broker_user, settings.broker_password, 60, 100, PIECE_BYTES))
        wire.recv(PIECE_BYTES)
        prepared.set()
        subscribed.wait(LONGEST_S)
        sent = acknowledged = heard = 0
        while acknowledged < messages:
            until = min(messages, acknowledged + WINDOW)
            wire.sendall(b"".join(packets[sent:until]))
            sent = until
            heard += len(wire.recv(PIECE_BYTES))
            acknowledged = heard // PUBACK_BYTES
        wire.sendall(LEAVE)


def connected(settings: Settings, inflight: int = 20) -> mqtt.Client:
    """A plain paho client at the fleet's door."""
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTProtocolVersion.MQTTv5)
    client.max_inflight_messages_set(inflight)
    client.username_pw_set(settings.broker_user, settings.broker_password)
    client.connect(settings.broker_host, settings.broker_port)
    client.loop_start()
    wait_for(client.is_connected)
    return client


def wait_for(done: Callable[[], bool]) -> None:
    """Until it is so."""
    end = time.monotonic() + LONGEST_S
    while not done():
        if time.monotonic() > end:
            raise AssertionError(f"expected an end within {LONGEST_S} s")
        time.sleep(0.005)
