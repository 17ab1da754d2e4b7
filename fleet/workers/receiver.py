"""The receiver: events from the broker into the inbox, a receipt after the commit, then the acknowledgement.

Any number of receivers share the subscription. What one has not committed is neither receipted nor acknowledged; a
batch that cannot be stored now (disk full, database away) stays in hand and is tried again.
"""

import logging
import time
from collections.abc import Callable, Sequence

from fleet import metrics
from fleet.clock import now_ms
from fleet.flows.arming import arm
from fleet.flows.arrive import arrive
from fleet.flows.keep_unread import keep_apart, keep_unread, refuse_large
from fleet.flows.one_number import keep_one
from fleet.flows.presence import healthy
from fleet.flows.receive import receive
from fleet.flows.received import Arrival, Called, Finished, Received, Scanned, Taken
from fleet.flows.show_calls import show
from fleet.flows.tones import tone_for
from fleet.flows.virtual_device import VirtualDevice
from fleet.logs import unread
from fleet.mqtt_packets import Came
from fleet.settings import Settings
from fleet.store.database import Store
from fleet.store.failures import will_pass
from fleet.workers.broker import Broker, waited_ms
from fleet.workers.broker_worker import BrokerWorker
from fleet.workers.carrier import Arrived, Carrier
from fleet.workers.line import Line
from protocols.message import ProtocolError, decode
from protocols.presence import Health
from protocols.signing import hmac_sha256
from protocols.topics import parse

log = logging.getLogger(__name__)

WAIT_S = 0.25
HEALTH_EVERY_S = 2.0
FAILURES_BORNE = 3
BEHIND_AFTER_S = 60.0
# A device sends again what nobody receipted for half a minute; who lies longer behind makes work for himself.
BATCHES_BEHIND = 1
# When so many full batches wait behind the one in hand, health is left aside: the next one comes in a minute.
SHARE_DIGITS = 32


class Receiver(BrokerWorker[Carrier]):
    """Stores events. `woken` is called after a commit that gave something to link."""

    name = "receiver"

    def __init__(self, store: Store, settings: Settings, woken: Callable[[], None] = lambda: None) -> None:
        share = f"{shared_by(settings)}/" if settings.broker_protocol == "5" else ""
        topics = [(f"{share}mc/1/+/up/events", 1), (f"{share}mc/1/+/up/health", 0)]
        connection: type[Broker] | type[Line] = Broker if settings.receive_with == "paho" else Line
        super().__init__(settings, connection(settings, self.name, topics))
        self.store = store
        self.woken = woken
        self.failures = 0
        self.to_arm: list[Finished] = []
        self.to_sound: list[Scanned] = []
        self.to_show: list[Called] = []
        self.to_look_at: list[Taken] = []
        self.server: VirtualDevice | None = None
        self.health: dict[str, tuple[Health, int]] = {}
        self.health_saved_s = time.monotonic()

    def round(self) -> None:
        """Store what has arrived."""
        if not self.in_hand:
            self.in_hand = list(self.broker.take(self.settings.receive_batch, WAIT_S))
            metrics.WAITING.set(self.broker.waiting)
        if self.in_hand:
            self.store_in_hand()
        self.sound_tones()
        self.arm_ratings()
        self.show_calls()
        self.keep_one_number()
        if self.health and time.monotonic() - self.health_saved_s >= HEALTH_EVERY_S:
            self.save_health()

    def trouble(self) -> str:
        """Whether the broker is there, and what it brings gets stored."""
        waited_s = longest_waited_ms(list(self.in_hand)) / 1000
        if waited_s > BEHIND_AFTER_S:
            return (
                f"expected messages to be stored within {BEHIND_AFTER_S:.0f} s, found one that waits {waited_s:.0f} s"
            )
        return super().trouble()

    def store_in_hand(self) -> None:
        """One transaction for all that is in hand; then the receipts, then the acknowledgement."""
        health, arrivals = [], []
        for message in self.in_hand:
            if is_health(message):
                health.append(message)
            else:
                arrivals.append(arrival_of(message))
        health = self.affordable(health)
        if arrivals:
            began_s = time.perf_counter()
            try:
                received = receive(self.store, arrivals, now_ms(), self.settings.unreadable_kept)
            except Exception:
                metrics.STORE_FAILED.inc()
                self.failures += 1
                if self.failures % FAILURES_BORNE == 0:
                    self.single_out()
                raise
            self.failures = 0
            metrics.RECEIVE_LAG_S.observe(longest_waited_ms(self.in_hand) / 1000)
            metrics.STORE_S.observe(time.perf_counter() - began_s)
            metrics.BATCH.observe(len(arrivals))
            metrics.MESSAGES.labels("events").inc(len(arrivals))
            self.committed(received)
        for message in health:
            self.note_health(message)
        self.broker.acknowledge(self.in_hand)
        self.in_hand = []

    def affordable(self, health: list[Arrived]) -> list[Arrived]:
        """The health to look at; none while events wait for us, since their devices wait for receipts."""
        if self.broker.waiting < BATCHES_BEHIND * self.settings.receive_batch:
            return health
        metrics.SHED.labels("health").inc(len(health))
        return []

    def single_out(self) -> None:
        """All that is in hand fails again and again: the database is away, or one message is to blame.

        Each is stored alone. One that cannot be, although the database takes its bytes, is kept apart; if the database
        takes nothing, all stays in hand.
        """
        left = []
        for message in self.in_hand:
            try:
                if is_health(message):
                    self.note_health(message)
                else:
                    self.store_alone(arrival_of(message))
            except Exception:
                left.append(message)
            else:
                self.broker.acknowledge([message])
        self.in_hand = left

    def store_alone(self, arrival: Came | Arrival) -> None:
        """Store one message, or keep it apart; raises if the database takes neither, or nothing just now."""
        try:
            self.committed(receive(self.store, [arrival], now_ms(), self.settings.unreadable_kept))
        except Exception as problem:
            if will_pass(problem):
                raise  # its device would put aside for good what the fleet has no room for today
            refusal = keep_apart(self.store, arrival, problem, now_ms(), self.settings.unreadable_kept)
            metrics.UNREADABLE.labels("unstorable").inc()
            log.exception("a message on %s could not be stored, and is kept apart", arrival.topic[:80])
            if refusal is not None:
                self.broker.tell(refusal[0], "receipt", refusal[1], qos=0)

    def committed(self, received: Received) -> None:
        """What follows from events that are stored now; counted first, so that no receipt is ahead of the counts."""
        for kind, n in received.new.items():
            metrics.EVENTS.labels(kind).inc(n)
        for part, n in received.unreadable.items():
            metrics.UNREADABLE.labels(part).inc(n)
            log.warning("%d unreadable (%s), kept", n, part)
        metrics.REPEATED.inc(received.repeated)
        if received.collisions:
            metrics.COLLISIONS.inc(received.collisions)
            log.error("%d events came under an identity that another event has; both are kept", received.collisions)
        self.broker.tell_each("receipt", received.receipts)
        if log.isEnabledFor(logging.DEBUG):
            days = ", ".join(f"{office} {day}" for office, day in sorted(received.windows)) or "nothing"
            for device, its in received.receipts:
                log.debug("stored %s/%d/%d/%s; to be linked: %s", device, its.epoch, its.boot, its.through, days)
        self.to_arm += received.finished
        self.to_sound += received.scanned
        self.to_show += received.called
        self.to_look_at += received.taken
        if received.windows:
            self.woken()

    def arm_ratings(self) -> None:
        """Arm the buttons at the counters whose visits are finished; what fails stays for the next round."""
        while self.to_arm:
            for device, state in arm(self.store, self.to_arm[0], now_ms()):
                self.broker.tell(device, "state", state, qos=1)
            self.to_arm.pop(0)

    def sound_tones(self) -> None:
        """Tell readers what their codes are worth; what fails stays for the next round, until it is too late."""
        while self.to_sound:
            if arrive(self.store, self.says(), self.to_sound[0], now_ms()) is not None:
                self.woken()
            state = tone_for(self.store, self.to_sound[0], now_ms())
            if state is not None:
                self.broker.tell(self.to_sound[0].device, "state", state, qos=1)
            self.to_sound.pop(0)

    def keep_one_number(self) -> None:
        """Who took a second number for the same service has one that counts; what fails stays for the next round."""
        while self.to_look_at:
            if keep_one(self.store, self.says(), self.to_look_at[0], now_ms()) is not None:
                self.woken()
            self.to_look_at.pop(0)

    def says(self) -> VirtualDevice:
        """This process as a device, for what it decides itself."""
        if self.server is None:
            self.server = VirtualDevice(self.store, "receive", now_ms())
        return self.server

    def show_calls(self) -> None:
        """Tell the displays who is called; what fails stays for the next round."""
        while self.to_show:
            for device, state in show(self.store, self.to_show[0], now_ms()):
                self.broker.tell(device, "state", state, qos=1)
            self.to_show.pop(0)

    def note_health(self, message: Arrived) -> None:
        """Keep the last health of a device in memory; an unreadable one is kept for a technician."""
        metrics.MESSAGES.labels("health").inc()
        try:
            device, _, _ = parse(message.topic)
            refuse_large(bytes(message.payload))
            self.health[device] = decode(Health, bytes(message.payload)), now_ms() - waited_ms(message)
        except ProtocolError as err:
            keep_unread(self.store, arrival_of(message), err, now_ms(), self.settings.unreadable_kept)
            metrics.UNREADABLE.labels("health").inc()
            log.warning("unreadable health on %s: %s", message.topic[:80], unread(err))

    def save_health(self) -> None:
        """Write the health that came since the last time, at once for all devices."""
        reports, self.health = self.health, {}
        self.health_saved_s = time.monotonic()
        healthy(self.store, reports, now_ms())


def shared_by(settings: Settings) -> str:
    """The name under which all receivers share a subscription; no device can know it.

    Mosquitto 2.0 lets a device into any shared subscription and then withholds what the device may not read: under a
    known name it would take its turn, and what falls to it is lost until it is sent again (measured with 2.0.11).
    """
    if not settings.broker_password:
        return "$share/fleet"
    secret = hmac_sha256(settings.broker_password.encode(), b"motcua share").hex()
    return f"$share/fleet-{secret[:SHARE_DIGITS]}"


def longest_waited_ms(messages: Sequence[Arrived]) -> int:
    """How long the first of these has lain here since it came: they are in hand in their order."""
    return waited_ms(messages[0]) if messages else 0


def is_health(message: Arrived) -> bool:
    """Whether this is no batch of events."""
    return message.topic.endswith("/up/health")


def arrival_of(message: Arrived) -> Came | Arrival:
    """The message, free of paho."""
    return message if isinstance(message, Came) else Arrival(message.topic, bytes(message.payload))
