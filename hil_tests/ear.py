"""An ear at the broker: when which device said what, as the host heard it. Health comes no other way."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import paho.mqtt.client as paho

from fleet.flows.enrol import FLEET_USER
from hil_tests.lines_heard import SOON_S
from tests.fleet.workers.house import FLEET_PASSWORD


@dataclass(frozen=True)
class Message:
    """One message of a device; `at_s` is of the host's monotonic clock."""

    at_s: float
    device: str
    name: str
    body: dict[str, Any]


class Ear:
    """Hears all devices, from now on; comes back by itself to a broker that was away."""

    def __init__(self, port: int) -> None:
        self.heard: list[Message] = []
        self._last: dict[str, Any] = {}
        self._came, self._in = threading.Condition(), threading.Event()
        self._client = paho.Client(paho.CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
        self._client.username_pw_set(FLEET_USER, FLEET_PASSWORD)
        self._client.on_connect = lambda client, *_: client.subscribe("mc/1/+/up/#", 1)
        self._client.on_subscribe = lambda *_: self._in.set()
        self._client.on_message = lambda _, __, message: self._hear(message)
        self._client.reconnect_delay_set(1, 2)
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        assert self._in.wait(SOON_S), "expected the broker to let the ear in"

    def first(self, what: Callable[[Message], bool], since_s: float, within_s: float = SOON_S) -> Message:
        """The first message since then that is this one; waits for it."""
        ends = time.monotonic() + within_s
        with self._came:
            while True:
                for one in self.heard:
                    if one.at_s >= since_s and what(one):
                        return one
                assert self._came.wait(max(0.0, ends - time.monotonic())), f"expected a message within {within_s:g} s"

    def now(self) -> float:
        """The moment, as messages are given theirs."""
        return time.monotonic()

    def close(self) -> None:
        """Go."""
        self._client.disconnect()
        self._client.loop_stop()

    def _hear(self, message: paho.MQTTMessage) -> None:
        _, _, device, _, name = message.topic.split("/")
        if message.payload:
            body = json.loads(message.payload)
            again = message.retain and self._last.get(message.topic) == body
            self._last[message.topic] = body
            with self._came:
                # A broker that was away tells once more what it kept.
                self.heard += [] if again else [Message(time.monotonic(), device, name, body)]
                self._came.notify_all()
