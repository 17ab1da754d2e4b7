"""The sender: welcomes devices, answers their wishes, and tells printers how many wait.

One process of the fleet. It subscribes plainly: shared subscriptions deliver no retained messages, and births are
retained.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable

from fleet import metrics
from fleet.clock import now_ms
from fleet.domain.calendars import VIET_NAM
from fleet.domain.day import day_of
from fleet.flows import change_network, closing, command, command_many, instruct, prove, tell_desks
from fleet.flows.changes import DEVICES
from fleet.flows.follow_tree import follow_tree
from fleet.flows.keep_unread import keep_unread, refuse_large
from fleet.flows.lend_reserves import lend
from fleet.flows.next_number import LetGoFirst, give_next
from fleet.flows.office_marks import Mark, clerks_everywhere, queue_marks, reserve_marks
from fleet.flows.presence import seen, welcome
from fleet.flows.received import Arrival
from fleet.flows.reserves import PATIENCE_MS, confirmed, holding, newly_said
from fleet.flows.restored import told
from fleet.flows.show_clerks import tell_keypads
from fleet.flows.virtual_device import VirtualDevice
from fleet.flows.watch import offices
from fleet.logs import unread
from fleet.settings import Settings
from fleet.store.database import Store
from fleet.store.failures import will_pass
from fleet.store.fleet_key import FleetKeyWrong
from fleet.workers.broker import Broker, waited_ms
from fleet.workers.broker_worker import BrokerWorker
from fleet.workers.carrier import Arrived
from fleet.workers.release_telling import ReleaseTelling
from fleet.workers.timekeeper import OwnClock
from fleet.workers.unanswered import Said, Unanswered
from protocols.commands import WANT_HOLDS_MS, Reply, Want
from protocols.held import LeaseHeld
from protocols.message import ProtocolError, decode
from protocols.presence import Alive, Hello
from protocols.reserve import ReserveHeld
from protocols.state import Config, Queue, State
from protocols.topics import parse
from protocols.wording import shown

log = logging.getLogger(__name__)

WAIT_S = 0.25
QUEUES_EVERY_S = 1.0
DAYS_AT_ONCE = 20
# Of so many offices a second it is looked how their days end: that takes milliseconds each, and wishes must not wait.

RESERVES_EVERY_S = 3.0
# A keypad that lacks a number of its three may miss it only if it is cut off within this time.
RESERVES_AT_LEAST_MS = 30_000
# So often they are looked at even where nothing has changed: they are renewed, and appointments come due.
AT_ONCE = 50
ANSWERING_S = 1.0
# Then it is heard who came meanwhile: a wish holds for five seconds.
IN_HAND_AT_MOST = 10_000
# Above that TCP holds the broker back, and who is held back so for long is taken for dead.
BEHIND_AFTER_S = 60.0
KEYS_AGAIN_S = 60.0
# A fleet key that is not there is put back by a person.
FAILURES_BORNE = 30
# Rounds, a second apart, in which a message may fail; a database that is away or full is waited for.

HEARD = ("hello", "alive", "want", "held", "reserve", "reply")
RETAINED = ("hello", "alive")


class Sender(BrokerWorker[Broker]):
    """Answers devices. `changed` is called with an office whose devices came or went."""

    name = "sender"

    def __init__(self, store: Store, settings: Settings, changed: Callable[[str], None] = lambda _: None) -> None:
        super().__init__(settings, Broker(settings, self.name, [(f"mc/1/+/up/{topic}", 1) for topic in HEARD]))
        self.store = store
        self.changed = changed
        self.server = VirtualDevice(store, "send", now_ms())
        self.queues_told: dict[str, tuple[list[tuple[str, int, int | None, int | None]], int]] = {}
        self.queues_seen: dict[str, Mark] = {}
        self.queues_looked_s = time.monotonic()
        self.days_told: dict[str, tuple[tuple[str, int], ...]] = {}
        self.days_begun: dict[str, str] = {}
        self.clock = OwnClock()
        self.days_to_look: list[str] = []
        self.tree_followed = ""
        self.clerks_told: dict[str, dict[str, int]] = {}
        self.keys_from_s = 0.0
        self.releases = ReleaseTelling(store, settings, self.broker)
        self.unanswered = Unanswered(AT_ONCE)
        self.failures: Counter[int] = Counter()
        self.waiting: list[tuple[str, Want, int]] = []
        self.reserves_seen: dict[str, tuple[tuple[int | None, ...], int]] = {}
        self.reserves_looked_s = time.monotonic()

    def round(self) -> None:
        """Answer what has arrived; look at the queues."""
        self.hear()
        self.answer_some()
        self.answer_those_who_wait()
        self.tell_commands()
        self.tell_keys()
        self.tell_desks()
        self.tell_reserves()
        if time.monotonic() - self.queues_looked_s >= QUEUES_EVERY_S:
            self.queues_looked_s = time.monotonic()
            self.tell_configs()
            self.releases.tell()
            self.tell_queues()
            self.tell_clerks()
            self.tell_of_a_new_day()
        if time.monotonic() - self.reserves_looked_s >= RESERVES_EVERY_S:
            self.reserves_looked_s = time.monotonic()
            self.lend_reserves()

    def trouble(self) -> str:
        """Whether the broker is there, and devices are answered."""
        waited_s = max((waited_ms(one) for one in self.unanswered.messages()), default=0) / 1000
        if waited_s > BEHIND_AFTER_S:
            return (
                f"expected devices to be answered within {BEHIND_AFTER_S:.0f} s, found one that waits {waited_s:.0f} s"
            )
        return super().trouble()

    def hear(self) -> None:
        """Take all that has arrived: what lies at the connection keeps it from hearing that the broker went away."""
        room = IN_HAND_AT_MOST - len(self.unanswered)
        for message in self.broker.take(room, 0 if self.unanswered else WAIT_S) if room > 0 else ():
            void = self.unanswered.add(message)
            if void is not None:
                metrics.SHED.labels("births").inc()
                self.broker.acknowledge([void])
        metrics.UNANSWERED.set(len(self.unanswered))

    def answer_some(self) -> None:
        """Answer those whose turn it is, for a moment. Raises what failed first."""
        until_s = time.monotonic() + ANSWERING_S
        problems = []
        for said in self.unanswered.next(AT_ONCE):
            problem = self.try_to_answer(said)
            if problem is not None:
                problems.append(problem)
            if time.monotonic() > until_s:
                break
        if problems:
            raise problems[0]

    def try_to_answer(self, said: Said) -> Exception | None:
        """Answer; or keep the message for the next rounds, since the database may be away, and say what failed."""
        message = said.message
        try:
            self.read_and_answer(message)
        except Exception as problem:
            if will_pass(problem):
                return problem
            self.failures[said.turn] += 1
            if self.failures[said.turn] < FAILURES_BORNE:
                return problem
            metrics.UNREADABLE.labels("unanswerable").inc()
            log.exception("a message on %s could not be answered in %d rounds", message.topic[:80], FAILURES_BORNE)
        self.failures.pop(said.turn, None)
        self.unanswered.done(said)
        self.broker.acknowledge([message])
        return None

    def read_and_answer(self, message: Arrived) -> None:
        """Answer; what is no message is kept for a technician."""
        try:
            self.answer(message)
        except ProtocolError as err:
            arrival = Arrival(message.topic, bytes(message.payload))
            keep_unread(self.store, arrival, err, now_ms(), self.settings.unreadable_kept)
            metrics.UNREADABLE.labels(message.topic.rsplit("/", 1)[-1]).inc()
            log.warning("unreadable message on %s: %s", message.topic[:80], unread(err))

    def answer(self, message: Arrived) -> None:
        """One message of a device; an empty birth or presence only takes a retained one away."""
        device, _, name = parse(message.topic)
        metrics.MESSAGES.labels(name).inc()
        payload = bytes(message.payload)
        if not payload and name in RETAINED:
            return
        refuse_large(payload)
        if name == "hello":
            self.born(device, decode(Hello, payload), message)
        elif name == "alive":
            office = seen(self.store, device, decode(Alive, payload), now_ms(), message.retain)
            if office is not None:
                self.changed(office)
            self.changed(DEVICES)
        elif name == "want":
            self.wanted(device, decode(Want, payload), waited_ms(message))
        elif name == "held":
            for printer in told(self.store, device, decode(LeaseHeld, payload), now_ms()):
                self.tell_everything(printer)
        elif name == "reserve":
            said = decode(ReserveHeld, payload).id
            confirmed(self.store, device, said)
            self.waiting = [(who, holding(want, said) if who == device else want, ms) for who, want, ms in self.waiting]
        elif name == "reply":
            self.replied(device, decode(Reply, payload))

    def born(self, device: str, hello: Hello, message: Arrived) -> None:
        """Let a device prove who it is and welcome it, then tell it what it shall be and everything live."""
        if not self.proven(device, hello, message):
            self.changed(DEVICES)
            return
        answer = welcome(self.store, device, hello, now_ms(), message.retain, waited_ms(message))
        self.broker.tell(device, "welcome", answer, qos=1)
        told = instruct.at_birth(self.store, device, self.settings.lease_numbers, now_ms())
        if told is not None:
            config, state = told
            if config.version != hello.config and not instruct.is_given_up(self.store, device, config):
                self.tell_config(device, config)
            self.broker.tell(device, "state", state, qos=1)
        self.tell_network(device, hello)
        self.releases.greet(device, hello)
        self.changed(DEVICES)

    def tell_network(self, device: str, hello: Hello) -> None:
        """Keep with which network it came; tell it of another one, if it is being given one."""
        try:
            secret = change_network.heard(self.store, device, hello, now_ms())
        except FleetKeyWrong as problem:
            log.error("%s is told of no other network: %s", device, problem)
            return
        if secret is not None:
            self.broker.tell(device, "secret", secret, qos=1)

    def proven(self, device: str, hello: Hello, message: Arrived) -> bool:
        """Whether a device is to be welcomed; it is told of its next key, if it is being given one."""
        try:
            found = prove.prove(self.store, device, hello, now_ms(), message.retain, waited_ms(message))
        except FleetKeyWrong as problem:
            log.error("%s cannot be welcomed: %s", device, problem)
            return False
        if found is None:
            raise ProtocolError("device", "an enrolled device", device)
        if found.secret is not None:
            self.broker.tell(device, "secret", found.secret, qos=1)
        return found.welcome

    def replied(self, device: str, reply: Reply) -> None:
        """A device did what it was asked to, or says why not; whoever waits for it hears so."""
        if reply.id.startswith(prove.KEPT):
            if prove.kept(self.store, device, reply, now_ms()):
                self.changed(DEVICES)
            return
        if reply.id.startswith(change_network.ANSWERED):
            if change_network.replied(self.store, device, reply, now_ms()):
                self.changed(DEVICES)
            return
        log.info("%s answers command %s: %s", device, shown(reply.id), "done" if reply.ok else shown(reply.reason))
        if command.answered(self.store, device, reply, now_ms()):
            self.changed(DEVICES)

    def tell_everything(self, device: str) -> None:
        """Everything live."""
        state = instruct.whole_state(self.store, device, self.settings.lease_numbers, now_ms())
        if state is not None:
            self.broker.tell(device, "state", state, qos=1)

    def wanted(self, device: str, want: Want, waited_ms: int) -> None:
        """Answer a wish in the device's state; a wish that is too old has no answer."""
        if want.not_after is None and waited_ms > WANT_HOLDS_MS:
            self.say_state(device, want, None)  # it waited here, and its device has no clock to say until when it holds
        elif want.want == "next":
            self.wanted_next(device, want, now_ms() + PATIENCE_MS)
        else:
            state = instruct.more_leases(self.store, device, self.settings.lease_numbers, now_ms())
            self.say_state(device, want, state)

    def wanted_next(self, device: str, want: Want, until_ms: int) -> None:
        """Who is next; until then the word of another keypad may be awaited."""
        patient = self.broker.is_up and now_ms() < until_ms
        try:
            show = give_next(self.store, self.server, device, want, now_ms(), patient)
        except LetGoFirst:
            self.waiting.append((device, want, until_ms))
            return
        state = None if show is None else instruct.state_with(self.store, device, now_ms(), show=show)
        self.say_state(device, want, state)

    def say_state(self, device: str, want: Want, state: State | None) -> None:
        """The answer to a wish, if it has one."""
        metrics.WANTS.labels(want.want, "none" if state is None else "given").inc()
        if state is not None:
            self.broker.tell(device, "state", state, qos=1)

    def answer_those_who_wait(self) -> None:
        """Another keypad has said its word, or will not."""
        now = now_ms()
        waiting = [one for one in self.waiting if now - WANT_HOLDS_MS < one[2] <= now + PATIENCE_MS]
        self.waiting = []
        while waiting:
            try:
                self.wanted_next(*waiting[0])
            except Exception:
                self.waiting += waiting  # the database may be away
                raise
            waiting.pop(0)

    def tell_reserves(self) -> None:
        """Tell keypads whom they may call while they are cut off."""
        if self.broker.is_up:
            for device, state in newly_said(self.store, AT_ONCE, now_ms()):
                self.broker.tell(device, "state", state, qos=1)

    def lend_reserves(self) -> None:
        """Decide whom keypads may call while they are cut off, where the queue has changed."""
        if not self.broker.is_up:
            return
        for office, mark in reserve_marks(self.store, now_ms()).items():
            before, looked_ms = self.reserves_seen.get(office, (None, 0))
            now = now_ms()
            if mark != before or not 0 <= now - looked_ms < RESERVES_AT_LEAST_MS:
                lend(self.store, office, now)
                self.reserves_seen[office] = mark, now

    def tell_configs(self) -> None:
        """Tell the devices of which somebody decided something what they shall be."""
        if self.broker.is_up:
            instruct.tell_changes(self.store, AT_ONCE, now_ms(), self.tell_config)

    def tell_desks(self) -> None:
        """Tell the devices of counters what a program did there."""
        if self.broker.is_up:
            for news in tell_desks.unheard(self.store, AT_ONCE):
                for device, state in tell_desks.tell(self.store, news, now_ms()):
                    self.broker.tell(device, "state", state, qos=1)
                tell_desks.was_told(self.store, news)

    def tell_commands(self) -> None:
        """Tell devices what people ask of them; of those that are asked together, those whose turn it is."""
        if self.broker.is_up:
            if command_many.give_turns(self.store, now_ms()):
                self.changed(DEVICES)
            for device, order in command.untold(self.store, AT_ONCE, now_ms()):
                self.broker.tell(device, "command", order, qos=1)
                command.was_told(self.store, order.id, now_ms())

    def tell_keys(self) -> None:
        """Tell devices of the keys and networks that they are being given."""
        if self.broker.is_up and time.monotonic() >= self.keys_from_s:
            try:
                for untold in (prove.untold, change_network.untold):
                    for device, secret in untold(self.store, AT_ONCE, now_ms()):
                        self.broker.tell(device, "secret", secret, qos=1)
            except FleetKeyWrong as problem:
                log.error("no device is given another key or network: %s", problem)
                self.keys_from_s = time.monotonic() + KEYS_AGAIN_S

    def tell_config(self, device: str, config: Config) -> None:
        """The broker keeps it for a device that is not there."""
        self.broker.tell(device, "config", config, qos=1, retain=True)

    def tell_queues(self) -> None:
        """Tell the printers of each office how many wait, when that has changed or would soon hold no longer."""
        for office, mark in queue_marks(self.store, now_ms()).items():
            _, until_ms = self.queues_told.get(office, (None, 0))
            if mark != self.queues_seen.get(office) or not holds_long(until_ms, now_ms()):
                self.tell_queue(office)
                self.queues_seen[office] = mark

    def tell_queue(self, office: str) -> None:
        """The same at one office."""
        found = instruct.queues(self.store, office, now_ms())
        if found is None:
            return
        queue, printers = found
        told, until_ms = self.queues_told.get(office, (None, 0))
        if told == lengths(queue) and holds_long(until_ms, now_ms()):
            return
        for device in printers:
            state = instruct.state_with(self.store, device, now_ms(), queue=queue)
            self.broker.tell(device, "state", state, qos=1)
        self.queues_told[office] = lengths(queue), queue.expires

    def tell_clerks(self) -> None:
        """Tell the keypads of each office who is signed in at their counter, when that has changed."""
        for office, clerks in clerks_everywhere(self.store, now_ms()).items():
            before = self.clerks_told.get(office)
            if clerks != before:
                for device, state in tell_keypads(self.store, office, before, clerks, now_ms()):
                    self.broker.tell(device, "state", state, qos=1)
                self.clerks_told[office] = clerks

    def tell_of_a_new_day(self) -> None:
        """When a day begins, offices are what the tree says; devices that stay connected get numbers and keys.

        So do they when a day ends otherwise than they were told: a calendar was changed, or a person keeps it open.
        Nobody who waits is dropped because the clock leapt into the next day.
        """
        believed = self.clock.is_believed()
        today = day_of(now_ms(), VIET_NAM)
        if self.tree_followed != today:
            follow_tree(self.store, now_ms())
            self.tree_followed = today
        if not self.days_to_look:
            self.days_to_look = [office.id for office in offices(self.store)]
        some, self.days_to_look = self.days_to_look[:DAYS_AT_ONCE], self.days_to_look[DAYS_AT_ONCE:]
        for office, days in closing.told_days(self.store, some, now_ms()).items():
            before, day = self.days_told.get(office), days[0][0]
            if believed and self.days_begun.get(office) != day:
                closing.end_days_before(self.store, self.server, office, now_ms())
                self.days_begun[office] = day
            if before is not None and before != days:  # who says hello is told everything anyway
                for device in instruct.devices_at(self.store, office, now_ms()):
                    self.tell_everything(device)
            self.days_told[office] = days


def holds_long(until_ms: int, now_ms: int) -> bool:
    """Whether what printers were told holds for more than half of its time, and not longer than it was told to."""
    return instruct.QUEUE_HOLDS_MS // 2 < until_ms - now_ms <= instruct.QUEUE_HOLDS_MS


def lengths(queue: Queue) -> list[tuple[str, int, int | None, int | None]]:
    """What of the queues a resident would notice."""
    return [(service.service, service.ahead, service.p50, service.p90) for service in queue.services]
