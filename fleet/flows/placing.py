"""Touched events take their places in the day's order: new ones, moved ones, and those that are no more of this day."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest

from fleet.domain.lines import line_of
from fleet.domain.linked import Happened
from fleet.domain.quick_reading import read_event
from fleet.store import devices, inbox
from fleet.store.devices import Place
from fleet.store.inbox import Life, StoredEvent
from fleet.store.lines import Lines, Placed, Stretch
from protocols.identity import event_id

FOLLOWING = 16


@dataclass
class Moved:
    """What is new on a line, or no more on it, or elsewhere on it: the events' identities, and their moments."""

    ids: set[str] = field(default_factory=set)
    moments: set[int] = field(default_factory=set)


class Placing:
    """Places the events of one office's day. `moved`: what that changed, by line."""

    def __init__(self, lines: Lines, office: str, start_ms: int, end_ms: int) -> None:
        self.lines = lines
        self.office = office
        self.start_ms = start_ms
        self.end_ms = end_ms
        self.moved: dict[str, Moved] = {}
        self.anew: list[Placed] = []
        self.gone: list[Placed] = []
        self.stood: dict[str, list[Place]] = {}

    def stretches(self, touched: Iterable[Stretch]) -> int:
        """Place these events anew; how many they are."""
        of_lives: dict[Life, list[Stretch]] = defaultdict(list)
        for one in apart(touched):
            of_lives[one.life].append(one)
        # What comes first of a boot may lift or lower what comes later.
        return sum(self.together(list(filter(None, some))) for some in zip_longest(*of_lives.values()))

    def together(self, touched: Sequence[Stretch]) -> int:
        """Place these events, of which each boot has one stretch; how many they are."""
        now = self.moments(touched)
        was = self.lines.of_stretches(touched)
        around = self.lines.around(touched)
        after: dict[Life, int | None] = {}
        for one in touched:
            ms = around[one.life][0]
            anew = {}
            for event in now[one.life]:
                ms = event.happened_ms if ms is None else max(ms, event.happened_ms)
                anew[event.seq] = placed(event, ms)
            self.change(was[one.life], anew)
            after[one.life] = ms
        for one in touched:
            if around[one.life][1] > one.last:
                self.follow(one.life, one.last, after[one.life])
        self.save()
        return sum(map(len, now.values()))

    def moments(self, touched: Sequence[Stretch]) -> dict[Life, list[Happened]]:
        """The events of these stretches that are of this office's day, in the order of their numbers."""
        found = inbox.events_of_stretches(self.lines.connection, ((one.life, one.first, one.last) for one in touched))
        unknown = {one.life.device for one, office in found if office is None} - self.stood.keys()
        if unknown:
            self.stood |= devices.places(self.lines.connection, sorted(unknown))
        of_lives: dict[Life, list[Happened]] = {one.life: [] for one in touched}
        for stored in sorted((here for one, office in found if (here := self.here(one, office))), key=by_seq):
            of_lives[stored.life].append(happened(stored))
        return of_lives

    def here(self, one: StoredEvent, office: str | None) -> StoredEvent | None:
        """The event, at the counter where its device stood; None if it is not of this office's day."""
        if not self.start_ms <= one.happened_ms < self.end_ms:
            return None
        if office is not None:
            return one if office == self.office else None
        place = next((place for place in self.stood[one.life.device] if place.holds(one.happened_ms)), None)
        return None if place is None or place.office != self.office else replace(one, counter=place.counter)

    def follow(self, life: Life, seq: int, ms: int | None) -> None:
        """The events after these never lie before them: lift or lower them, until one is where it was."""
        while True:
            page = self.lines.following(life, seq, FOLLOWING)
            was, now = {}, {}
            for one, own_ms in page:
                ms = own_ms if ms is None else max(ms, own_ms)
                if ms == one.order_ms:
                    break
                was[one.seq], now[one.seq] = one, replace(one, order_ms=ms)
            self.change(was, now)
            if len(now) < FOLLOWING:
                return
            seq = page[-1][0].seq

    def change(self, was: Mapping[int, Placed], now: Mapping[int, Placed]) -> None:
        """These events are there now; note what that moves."""
        for seq, one in was.items():
            if now.get(seq) != one:
                self.note(one)
        for seq, one in now.items():
            if was.get(seq) != one:
                self.note(one)
                self.anew.append(one)
        self.gone += [one for seq, one in was.items() if seq not in now]

    def save(self) -> None:
        """Write down where events are now."""
        self.lines.unplace(self.gone)
        self.lines.place(self.anew)
        self.gone, self.anew = [], []

    def note(self, one: Placed) -> None:
        """An event is new here, or was here."""
        moved = self.moved.setdefault(one.line, Moved())
        moved.ids.add(event_id(one.life.device, one.life.epoch, one.life.boot, one.seq))
        moved.moments.add(one.order_ms)


def placed(one: Happened, order_ms: int) -> Placed:
    """Where an event belongs."""
    return Placed(Life(one.device, one.epoch, one.boot), one.seq, line_of(one), order_ms, one.estimated, one.counter)


def happened(stored: StoredEvent) -> Happened:
    """A stored event as the domain knows it."""
    return Happened(
        device=stored.life.device,
        epoch=stored.life.epoch,
        boot=stored.life.boot,
        seq=stored.seq,
        happened_ms=stored.happened_ms,
        estimated=stored.estimated,
        counter=stored.counter,
        event=read_event(stored.body),
    )


def apart(touched: Iterable[Stretch]) -> list[Stretch]:
    """The stretches in order, those that overlap as one."""
    found: list[Stretch] = []
    for one in sorted(touched):
        if found and found[-1].life == one.life and one.first <= found[-1].last + 1:
            found[-1] = replace(found[-1], last=max(found[-1].last, one.last))
        else:
            found.append(one)
    return found


def by_seq(stored: StoredEvent) -> int:
    """The order within a boot."""
    return stored.seq


def in_line(stored: Iterable[StoredEvent]) -> list[Happened]:
    """Placed events in the day's order."""
    return sorted(map(happened, stored), key=lambda one: one.position)
