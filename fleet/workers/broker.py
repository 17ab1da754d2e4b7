"""A connection of the fleet to the broker, by paho: it comes back by itself, and messages wait until they are taken.

A message is acknowledged by the worker, after its transaction. paho's own threads only carry bytes.
"""

import queue
import sys
import threading
import time
from collections.abc import Iterable, Sequence
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from fleet import metrics
from fleet.broker_client import broker_client, broker_host
from fleet.settings import Settings
from fleet.workers.carrier import Arrived
from fleet.workers.reaching import Reaching
from protocols.message import Message
from protocols.topics import down

KEEPALIVE_S = 30
RETURN_MIN_S, RETURN_MAX_S = 1, 30
UNACKNOWLEDGED_AT_MOST = 1000
# MQTT 5's receive maximum: the broker sends no more than this ahead of our commits; that is the back-pressure.
ARRIVED_AT_MOST = 2 * UNACKNOWLEDGED_AT_MOST
# MQTT 3.1.1 has no such number. When so many wait here we read no further, and TCP holds the broker back. A broker that
# waits longer than one and a half KEEPALIVE_S leaves us; what was not receipted its device sends again.
LOOK_S = 0.2


class Broker(Reaching):
    """Connected to the broker of the settings as one worker; `subscriptions` are (topic filter, qos)."""

    def __init__(self, settings: Settings, worker: str, subscriptions: Sequence[tuple[str, int]]) -> None:
        super().__init__(settings, worker)
        self.subscriptions = list(subscriptions)
        self.arrived: queue.Queue[mqtt.MQTTMessage] = queue.Queue(ARRIVED_AT_MOST)
        self.leaving = threading.Event()
        self.connected_s = 0.0
        self.modern = settings.broker_protocol == "5"
        self.client = self.make_client()

    def make_client(self) -> mqtt.Client:
        """A paho client that acknowledges only when told."""
        client = broker_client(self.settings, manual_ack=True)
        client.reconnect_delay_set(RETURN_MIN_S, RETURN_MAX_S)
        client.on_connect = self.connected
        client.on_connect_fail = self.unreached
        client.on_disconnect = self.disconnected
        client.on_message = self.took
        return client

    def start(self) -> None:
        """Begin to connect; returns at once."""
        properties = None
        if self.modern:
            properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
            properties.ReceiveMaximum = UNACKNOWLEDGED_AT_MOST
        self.client.connect_async(
            broker_host(self.settings), self.settings.broker_port, KEEPALIVE_S, properties=properties
        )
        self.client.loop_start()

    def stop(self) -> None:
        """Leave the broker; what still arrives is not taken."""
        self.leaving.set()
        self.client.disconnect()
        self.client.loop_stop()

    def take(self, most: int, wait_s: float) -> list[mqtt.MQTTMessage]:
        """The messages that have arrived, at most so many; waits for the first one."""
        taken: list[mqtt.MQTTMessage] = []
        try:
            taken.append(self.arrived.get(timeout=wait_s))
            while len(taken) < most:
                taken.append(self.arrived.get_nowait())
        except queue.Empty:
            pass
        return taken

    @property
    def waiting(self) -> int:
        """How many messages have come and are not taken yet."""
        return self.arrived.qsize()

    def acknowledge(self, messages: Sequence[Arrived]) -> None:
        """The broker may forget these. Of an earlier connection it has: their numbers are those of others by now."""
        for message in messages:
            if message.timestamp >= self.connected_s:
                self.client.ack(message.mid, message.qos)

    def tell(self, device: str, name: str, message: Message, qos: int, retain: bool = False) -> mqtt.MQTTMessageInfo:
        """Publish a message to a device; by what it is told how far that is."""
        return self.client.publish(down(device, name), message.to_bytes(), qos=qos, retain=retain)

    def tell_each(self, name: str, told: Iterable[tuple[str, Message]]) -> None:
        """Publish a message of this kind to each of these devices, with QoS 0."""
        for device, message in told:
            self.tell(device, name, message, qos=0)

    def connected(self, client: mqtt.Client, _data: Any, _flags: Any, reason: ReasonCode, _properties: Any) -> None:
        """paho: the broker answered."""
        if reason.is_failure:
            self.complain(f"the broker refuses us: {reason}")
            return
        self.connected_s = time.monotonic()
        self.came_up()
        if self.subscriptions:
            client.subscribe(self.subscriptions)

    def disconnected(self, _client: mqtt.Client, _data: Any, _flags: Any, reason: ReasonCode, _properties: Any) -> None:
        """paho: the connection is gone; it comes back by itself."""
        metrics.BROKER_UP.labels(self.worker).set(0)
        if self.is_up and reason.is_failure:
            self.was_lost(reason)
        self.is_up = False

    def unreached(self, _client: mqtt.Client, _data: Any) -> None:
        """paho: there was no connection at all; it calls this while it handles the error."""
        self.found_nobody(sys.exception())

    def took(self, _client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        """paho: a message came; nothing else is read until there is room for it."""
        while not self.leaving.is_set():
            try:
                self.arrived.put(message, timeout=LOOK_S)
            except queue.Full:
                continue
            return


def waited_ms(message: Arrived) -> int:
    """How long a message has lain here since it came."""
    return max(0, int((time.monotonic() - message.timestamp) * 1000))
