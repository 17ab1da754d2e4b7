"""An office whose keypads are cut off, start anew and come back at any moment: real flows, real roles, played wires.

The linker may be late, but not by ten minutes: whom the fleet gave a
counter, and does not know to be called, it then gives another (`TURN_HELD_MS`).
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from firmware.roles.counter_keypad import ANSWER_MS, CounterKeypad
from fleet.domain.reserve import HOLDS_MS, MARGIN_MS
from fleet.flows import instruct
from fleet.flows.desk import DeskRefused, Wish, act
from fleet.flows.lend_reserves import lend
from fleet.flows.link import link_marked
from fleet.flows.next_number import LetGoFirst, give_next
from fleet.flows.presence import seen, welcome
from fleet.flows.receive import receive
from fleet.flows.received import Arrival
from fleet.flows.reserves import PATIENCE_MS, confirmed, holding, newly_said
from fleet.flows.virtual_device import VirtualDevice
from fleet.store import places
from fleet.store.database import Store
from protocols import events
from protocols.commands import WANT_HOLDS_MS, Want
from protocols.presence import Alive, Hello
from protocols.state import State, TicketNumber
from tests.fleet.office import NINE, OFFICE, Speaker

COUNTERS = {"q-1": "quay-1", "q-2": "quay-2"}


@dataclass
class Call:
    """Somebody was called, by a program or a keypad: the event, since when the fleet has it, whether from its reserve.

    `until_ms`: until when nobody else may be given the number. `late_ms`: how late the fleet's answer may have come.
    """

    number: int
    by: str
    at_ms: int
    until_ms: int = 0
    event: tuple[str, int, int] | None = None
    known_ms: int | None = None
    lent: bool = False
    late_ms: int = 0


@dataclass
class Keypad:
    """The shipping role, an outbox, and a wire that carries in order until it is cut. Its clock is late."""

    device: str
    late_ms: int
    role: CounterKeypad = field(default_factory=CounterKeypad)
    boot: int = 1
    online: bool = False
    heard: bool = False  # it has a clock since this boot
    known: int = -1
    wants: int = 0
    up: list[tuple[str, Any]] = field(default_factory=list)
    down: list[tuple[str, Any]] = field(default_factory=list)
    lives: list[Speaker] = field(default_factory=list)
    started_ms: int = NINE

    @property
    def stored(self) -> bool:
        """Whether nothing waits in the outbox."""
        return not any(life.held for life in self.lives)


class World:
    """The office, and what happens in it. Every operation may come at any time."""

    def __init__(self, store: Store, late_ms: int = 0) -> None:
        self.store = store
        self.now = NINE + 1_000
        self.server = VirtualDevice(store, "send", self.now)
        self.api = VirtualDevice(store, "api", self.now)
        with store.reading() as connection:
            office = places.office(connection, OFFICE)
        assert office is not None
        self.office = office
        self.printer = Speaker("tp-1")
        self.taken = 0
        self.calls: list[Call] = []
        self.excused = 0
        self.waiting: list[tuple[str, Want, int]] = []
        self.keypads = {device: Keypad(device, late_ms) for device in COUNTERS}
        for keypad in self.keypads.values():
            keypad.lives.append(Speaker(keypad.device, boot=1))
            self.mend(keypad)
            self.carry(keypad)

    # What happens

    def ticket(self, n: int = 1) -> None:
        """People take numbers."""
        for _ in range(n):
            self.taken += 1
            at = self.now
            taken = events.TicketTaken(service="ho-tich", number=self.taken, lease="l", up=at - NINE, at=at)
            seq = self.printer.does(taken)
            receive(self.store, [Arrival(self.printer.topic, self.printer.batch(seq, oldest=0))], self.now)

    def link(self) -> None:
        """The linker looks."""
        link_marked(self.store, self.now)

    def tick(self) -> None:
        """The sender looks at the queues."""
        lend(self.store, OFFICE, self.now)
        self.tell()

    def wait(self, s: int) -> None:
        """Time passes; answers that were awaited did not come."""
        end = self.now + s * 1_000
        while self.now < end:
            dues = [
                self.now + due
                for keypad in self.keypads.values()
                if (due := keypad.role.due_ms(self.now - keypad.started_ms)) is not None
            ]
            self.now = min([end, *[max(due, self.now + 1) for due in dues]])
            for keypad in self.keypads.values():
                if keypad.role.due_ms(self.now - keypad.started_ms) == 0:
                    self.from_reserve(keypad)

    def until_it_expires(self, keypad: Keypad) -> None:
        """Time passes until the reserve of this keypad holds no more, on a clock that is right."""
        self.link()
        self.wait(max(0, keypad.role._reserve_until - self.now) // 1_000 + 1)

    def press(self, keypad: Keypad) -> None:
        """The clerk is done with one, and wants the next."""
        up = self.now - keypad.started_ms
        event = keypad.role.finish(up, self.clock(keypad))
        if event is not None:
            self.record(keypad, event)
        if not keypad.role.may_ask():
            return
        if not keypad.online:
            self.from_reserve(keypad)
            return
        keypad.wants += 1
        at, called = self.clock(keypad), keypad.role.called()
        want = Want(
            id=keypad.boot * 1_000 + keypad.wants,
            want="next",
            not_after=None if at is None or keypad.late_ms >= WANT_HOLDS_MS else at + WANT_HOLDS_MS,
            called=None if called is None else TicketNumber(service=called[0], number=called[1]),
            reserve=keypad.role.held,
        )
        keypad.role.ask(want.id, up)
        self.speak(keypad, "want", want)

    def cut(self, keypad: Keypad, also_up: bool) -> None:
        """Its cable is pulled. What was said may have reached the broker before, and will be heard."""
        keypad.online = False
        keypad.down.clear()
        if also_up:
            keypad.up.clear()

    def lost(self, keypad: Keypad) -> None:
        """The broker notices that it is gone."""
        if not keypad.online:
            keypad.up.append(("alive", Alive(gone=True)))

    def mend(self, keypad: Keypad) -> None:
        """It connects."""
        if keypad.online:
            return
        keypad.online, keypad.known = True, -1
        nonce = f"{keypad.device}-{self.now}-{keypad.boot}-{len(keypad.up)}"
        up = self.now - keypad.started_ms
        keypad.up.append(("alive", Alive()))
        keypad.up.append(
            ("hello", Hello(firmware="0.1", board="t", roles=[], epoch=1, boot=keypad.boot, nonce=nonce, up=up))
        )
        self.send(keypad)

    def reboot(self, keypad: Keypad) -> None:
        """Its power goes and comes: flash stays."""
        self.cut(keypad, False)
        keypad.role = CounterKeypad(keypad.role.serving)
        keypad.boot += 1
        keypad.started_ms, keypad.heard = self.now, False
        keypad.lives.append(Speaker(keypad.device, boot=keypad.boot))

    def hear(self, keypad: Keypad) -> None:
        """The fleet takes one message of this keypad."""
        if keypad.up:
            name, said = keypad.up.pop(0)
            getattr(self, "hear_" + name)(keypad, said)
        self.tell()

    def carry(self, keypad: Keypad) -> None:
        """All that is on this wire arrives, and what follows from it."""
        while keypad.up or (keypad.online and keypad.down):
            self.hear(keypad)
            self.take(keypad)

    def take(self, keypad: Keypad) -> None:
        """The keypad takes one message of the fleet."""
        if not keypad.online or not keypad.down:
            return
        name, said = keypad.down.pop(0)
        if name == "receipt":
            for life in keypad.lives:
                if life.boot == said.boot:
                    life.held = {seq: event for seq, event in life.held.items() if seq > said.through}
        elif said.version > keypad.known:
            keypad.known, keypad.heard = said.version, True
            if said.reserve is not None:
                keypad.role.keep_reserve(said.reserve)
            if said.show is not None and said.show.doing is None and said.show.want is not None:
                up = self.now - keypad.started_ms
                call = keypad.role.answer(said.show, up, self.clock(keypad))
                if call is not None:
                    self.called(keypad, call)
        self.say_reserve(keypad)

    def restart(self) -> None:
        """The sender starts anew: the broker gives it every birth that it kept."""
        self.waiting.clear()
        self.server = VirtualDevice(self.store, "send", self.now)
        for device in COUNTERS:
            self.tell_everything(device)

    def program(self, counter: str) -> None:
        """A program is done with whom it serves at this counter, and calls the next."""
        for verb in ("finish", "next"):
            try:
                with self.store.writing() as connection:
                    found = act(connection, self.api, self.office, counter, Wish(verb), self.now)
            except DeskRefused:
                continue
            if verb == "next" and found.number is not None:
                self.note(Call(found.number, counter, self.now))

    # What follows

    def clock(self, keypad: Keypad) -> int | None:
        """What it takes for the time."""
        return self.now - keypad.late_ms if keypad.heard else None

    def from_reserve(self, keypad: Keypad) -> None:
        """No answer came."""
        until_ms = keypad.role._reserve_until
        call = keypad.role.from_reserve(self.now - keypad.started_ms, self.clock(keypad))
        if call is not None:
            self.called(keypad, call, until_ms)

    def called(self, keypad: Keypad, call: events.NumberCalled, until_ms: int = 0) -> None:
        """It is on flash, then on the display."""
        identity = self.record(keypad, call)
        late_ms = keypad.late_ms
        counter = COUNTERS[keypad.device]
        self.note(Call(call.number, counter, self.now, until_ms, identity, None, call.reserve, late_ms))

    def note(self, call: Call) -> None:
        """Nobody is called twice, but where nobody heard for so long that a keypad had called."""
        before = next((one for one in reversed(self.calls) if one.number == call.number), None)
        # A counter goes on with what it was given, after a start or with a program; else it is another clerk's.
        if before is not None and (before.by != call.by or before.lent or call.lent):
            unheard = before.known_ms is None or call.at_ms - before.known_ms < WANT_HOLDS_MS + call.late_ms
            assert before.lent and unheard and self.now >= before.until_ms, f"{call} after {before}"
            self.excused += 1
        self.calls.append(call)

    def record(self, keypad: Keypad, event: events.Event) -> tuple[str, int, int]:
        """An event of this keypad, on flash."""
        life = keypad.lives[-1]
        seq = life.does(event)
        self.send(keypad)
        return keypad.device, life.boot, seq

    def send(self, keypad: Keypad) -> None:
        """What is not receipted goes out, the oldest life first."""
        for life in keypad.lives if keypad.online else ():
            if life.held:
                keypad.up.append(("events", (life.topic, life.batch(), life.boot)))

    def speak(self, keypad: Keypad, name: str, said: Want | int) -> None:
        """What is live goes out before events that wait."""
        first = next((i for i, (waits, _) in enumerate(keypad.up) if waits == "events"), len(keypad.up))
        keypad.up.insert(first, (name, said))

    def say_reserve(self, keypad: Keypad) -> None:
        """As the wiring does."""
        if keypad.role.unsaid is not None and keypad.online and keypad.stored:
            self.speak(keypad, "reserve", keypad.role.unsaid)
            keypad.role.said()

    def hear_events(self, keypad: Keypad, said: tuple[str, bytes, int]) -> None:
        topic, payload, boot = said
        for _, receipt in receive(self.store, [Arrival(topic, payload)], self.now).receipts:
            self.say(keypad, "receipt", receipt)
        told = {event["seq"] for event in json.loads(payload)["events"]}
        for call in self.calls:
            if call.event is not None and call.event[:2] == (keypad.device, boot) and call.event[2] in told:
                call.known_ms = call.known_ms or self.now

    def hear_alive(self, keypad: Keypad, said: Alive) -> None:
        seen(self.store, keypad.device, said, self.now)

    def hear_hello(self, keypad: Keypad, said: Hello) -> None:
        welcome(self.store, keypad.device, said, self.now)
        self.tell_everything(keypad.device)

    def hear_want(self, keypad: Keypad, said: Want) -> None:
        self.answer(keypad.device, said, self.now + PATIENCE_MS)

    def hear_reserve(self, keypad: Keypad, said: int) -> None:
        confirmed(self.store, keypad.device, said)
        self.waiting = [
            (who, holding(want, said) if who == keypad.device else want, ms) for who, want, ms in self.waiting
        ]

    def answer(self, device: str, want: Want, until_ms: int) -> None:
        """As the sender does."""
        try:
            show = give_next(self.store, self.server, device, want, self.now, self.now < until_ms)
        except LetGoFirst:
            self.waiting.append((device, want, until_ms))
            return
        if show is not None:
            state = instruct.state_with(self.store, device, self.now, show=show)
            self.say(self.keypads[device], "state", state)

    def tell(self) -> None:
        """What a round of the sender does at its end."""
        waiting, self.waiting = self.waiting, []
        for one in waiting:
            self.answer(*one)
        for device, state in newly_said(self.store, 50, self.now):
            self.say(self.keypads[device], "state", state)

    def tell_everything(self, device: str) -> None:
        """Everything live, to a keypad that was born."""
        state = instruct.whole_state(self.store, device, 500, self.now)
        assert state is not None
        self.say(self.keypads[device], "state", state)

    def say(self, keypad: Keypad, name: str, said: State | Any) -> None:
        """The broker drops what nobody listens to."""
        if keypad.online:
            keypad.down.append((name, said))

    # The end

    def settle(self) -> None:
        """Every cable is in, everything arrives, and everybody is called."""
        for keypad in self.keypads.values():
            self.mend(keypad)
        self.settled()
        self.wait((HOLDS_MS + MARGIN_MS) // 1000)  # what nobody called is nobody's now
        self.settled()
        idle = 0
        while idle < 2:
            before = len(self.calls)
            for keypad in self.keypads.values():
                self.press(keypad)
                self.carry(keypad)
            self.wait(1)
            self.tell()
            for keypad in self.keypads.values():
                self.carry(keypad)
            self.link()
            idle = idle + 1 if len(self.calls) == before else 0

    def settled(self) -> None:
        for _ in range(2):
            for keypad in self.keypads.values():
                self.send(keypad)
                self.carry(keypad)
            self.link()
            self.tick()


OPERATIONS: dict[str, Callable[[World, Keypad], None]] = {
    "ticket": lambda world, _: world.ticket(),
    "tickets": lambda world, _: (world.ticket(4), world.link())[1],
    "press": World.press,
    "press and carry": lambda world, keypad: (world.press(keypad), world.carry(keypad))[1],
    "hear": World.hear,
    "take": World.take,
    "carry": World.carry,
    "tick": lambda world, _: world.tick(),
    "tick and carry": lambda world, keypad: (world.tick(), world.carry(keypad))[1],
    "link": lambda world, _: world.link(),
    "cut": lambda world, keypad: world.cut(keypad, False),
    "cut at once": lambda world, keypad: world.cut(keypad, True),
    "lost": World.lost,
    "mend": World.mend,
    "reboot": World.reboot,
    "restart": lambda world, _: world.restart(),
    "program": lambda world, keypad: world.program(COUNTERS[keypad.device]),
    "second": lambda world, _: world.wait(1),
    "answer's time": lambda world, _: world.wait(ANSWER_MS // 1000),
    "until it expires": World.until_it_expires,
    "minutes": lambda world, _: (world.link(), world.wait(240))[1],
}
