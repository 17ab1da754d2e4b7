"""A device played by paho: it speaks as the firmware does, and what it is told waits in queues."""

import queue
import socket
import threading
import time
from typing import TypeVar

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.reasoncodes import ReasonCode

from protocols.batches import Receipt
from protocols.counter_state import Show
from protocols.events import Event
from protocols.message import Message, decode
from protocols.presence import Alive
from protocols.state import State
from protocols.topics import down, up
from tests.fleet.office import Speaker, hello

SOON_S = 60.0
AGAIN_S = 2.0
# A device without a receipt sends its batch again; on amqtt that is needed.
STATE_PARTS = [name for name in State.FIELDS if name not in ("version", "now")]

M = TypeVar("M", bound=Message)


class PlayedDevice:
    """One device on the broker at this port. `speaker` numbers its events."""

    def __init__(
        self,
        device: str,
        password: str | None,
        port: int,
        *,
        modern: bool = True,
        client_id: str | None = None,
        will: tuple[str, bytes] | None = None,
    ) -> None:
        self.id = device
        self.speaker = Speaker(device)
        self.port = port
        self.answered: queue.Queue[ReasonCode] = queue.Queue()
        self.subscribed: queue.Queue[ReasonCode] = queue.Queue()
        self.gone: queue.Queue[ReasonCode] = queue.Queue()
        self.told_bytes: dict[str, queue.Queue[mqtt.MQTTMessage]] = {}
        self.overheard: queue.Queue[mqtt.MQTTMessage] = queue.Queue()
        self.sent: dict[int, ReasonCode] = {}
        self.sent_changed = threading.Condition()
        self.versions: dict[str, int] = {}
        self.client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=device if client_id is None else client_id,
            protocol=MQTTProtocolVersion.MQTTv5 if modern else MQTTProtocolVersion.MQTTv311,
            reconnect_on_failure=False,
        )
        if password is not None:
            self.client.username_pw_set(device, password)
        topic, payload = will or (up(device, "alive"), Alive(gone=True).to_bytes())
        self.client.will_set(topic, payload, qos=1, retain=True)
        self.client.on_connect = lambda _c, _d, _f, reason, _p: self.answered.put(reason)
        self.client.on_subscribe = lambda _c, _d, _m, reasons, _p: self.subscribed.put(reasons[0])
        self.client.on_disconnect = lambda _c, _d, _f, reason, _p: self.gone.put(reason)
        self.client.on_publish = self.was_sent
        self.client.on_message = self.heard

    def connect(self) -> ReasonCode:
        """Connect; what the broker says."""
        self.client.connect("127.0.0.1", self.port, keepalive=30)
        self.client.loop_start()
        return self.answered.get(timeout=SOON_S)

    def subscribe(self, topic: str | None = None) -> ReasonCode:
        """Listen to what this device is told, or to another topic; what the broker says."""
        self.client.subscribe(topic or down(self.id, "#"), qos=1)
        return self.subscribed.get(timeout=SOON_S)

    def come(self) -> "PlayedDevice":
        """Connect and listen, as a device does before its hello."""
        reason = self.connect()
        assert not reason.is_failure, f"{self.id} was refused: {reason}"
        reason = self.subscribe()
        assert not reason.is_failure, f"{self.id} may not listen: {reason}"
        return self

    def born(self, **said: object) -> "PlayedDevice":
        """Say hello and wait for the welcome."""
        self.say("alive", Alive(), retain=True)
        self.say("hello", hello(**said), retain=True)  # type: ignore[arg-type]
        return self

    def say(self, name: str, what: Message | bytes, retain: bool = False) -> ReasonCode:
        """Say something on a topic of its own, and wait until the broker has it; what the broker says."""
        return self.publish(up(self.id, name), what if isinstance(what, bytes) else what.to_bytes(), retain)

    def publish(self, topic: str, payload: bytes, retain: bool = False, qos: int = 1) -> ReasonCode:
        """Publish anything anywhere, and wait until the broker has it; what the broker says."""
        message = self.client.publish(topic, payload, qos=qos, retain=retain)
        with self.sent_changed:
            assert self.sent_changed.wait_for(lambda: message.mid in self.sent, SOON_S), f"no PUBACK for {topic}"
            return self.sent.pop(message.mid)

    def did(self, event: Event) -> None:
        """Something happened on it; it waits until the fleet has stored it."""
        self.speaker.does(event)
        self.deliver()

    def deliver(self) -> Receipt:
        """Send all it holds until a receipt covers it, as the firmware does; the receipt."""
        last = max(self.speaker.held)
        deadline = time.monotonic() + SOON_S
        while time.monotonic() < deadline:
            self.say("events", self.speaker.batch())
            try:
                while True:
                    receipt = self.told(Receipt, AGAIN_S)
                    if receipt.boot == self.speaker.boot and receipt.through >= last:
                        return receipt
            except queue.Empty:
                continue
        raise AssertionError(f"{self.id}: no receipt covers {last} within {SOON_S:.0f} s")

    def told(self, message: type[M], within_s: float = SOON_S) -> M:
        """The next message of this kind that it is told. Raises queue.Empty."""
        return decode(message, self.told_raw(message.__name__.lower(), within_s).payload)

    def told_raw(self, name: str, within_s: float = SOON_S) -> mqtt.MQTTMessage:
        """The next message under this name that it is told. Raises queue.Empty."""
        return self.queue_of(name).get(timeout=within_s)

    def told_state(self, *parts: str) -> State:
        """The next state that carries these parts; what is older than the last of its kind is left aside."""
        while True:
            state = self.told(State)
            for part in STATE_PARTS:
                if getattr(state, part) is not None:
                    if part != "calls" and state.version <= self.versions.get(part, -1):
                        setattr(state, part, None)
                    else:
                        self.versions[part] = state.version
            if all(getattr(state, part) is not None for part in parts):
                return state

    def shown(self) -> Show:
        """The next show that answers a wish; what a keypad is shown unasked (who is signed in) is passed over."""
        while True:
            show = self.told_state("show").show
            assert show is not None
            if show.want is not None:
                return show

    def nothing(self, name: str) -> bool:
        """Whether nothing waits under this name."""
        return self.queue_of(name).empty()

    def kill(self) -> None:
        """Lose power: the connection breaks without a farewell, so its will is published."""
        carrying = self.client.socket()
        assert isinstance(carrying, socket.socket)
        carrying.shutdown(socket.SHUT_RDWR)
        self.gone.get(timeout=SOON_S)

    def leave(self) -> None:
        """Disconnect properly."""
        self.client.disconnect()
        self.client.loop_stop()

    def queue_of(self, name: str) -> "queue.Queue[mqtt.MQTTMessage]":
        """What it was told under this name."""
        return self.told_bytes.setdefault(name, queue.Queue())

    def heard(self, _client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        """paho: a message came."""
        own = message.topic.startswith(down(self.id, ""))
        (self.queue_of(message.topic.rsplit("/", 1)[-1]) if own else self.overheard).put(message)

    def was_sent(self, _client: mqtt.Client, _data: object, mid: int, reason: ReasonCode, _properties: object) -> None:
        """paho: the broker acknowledged."""
        with self.sent_changed:
            self.sent[mid] = reason
            self.sent_changed.notify_all()
