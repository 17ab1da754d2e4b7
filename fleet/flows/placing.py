"""Touched events take their places in the day's order: new ones, moved ones, and those that are no more of this day."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from fleet.domain.lines import line_of
from fleet.domain.linked import Happened
from fleet.store import devices, inbox
from fleet.store.devices import Place
from fleet.store.inbox import Life, StoredEvent
from fleet.store.lines import Lines, Placed, Stretch
from protocols.events import decode_event
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
        self.stood: dict[str, list[Place]] = {}

    def stretch(self, touched: Stretch) -> int:
        """Place these events of a boot anew; how many they are."""
        life = touched.life
        found = inbox.events_of_stretch(self.lines.connection, life, touched.first, touched.last)
        stored = [here for one, office in found if (here := self.here(one, office)) is not None]
        now = {}
        ms = self.lines.moment_before(life, touched.first)
        for event in sorted(stored, key=lambda event: event.seq):
            ms = event.happened_ms if ms is None else max(ms, event.happened_ms)
            now[event.seq] = placed(happened(event), ms)
        self.change(self.lines.of_stretch(touched), now)
        self.follow(life, touched.last, ms)
        return len(now)

    def here(self, one: StoredEvent, office: str | None) -> StoredEvent | None:
        """The event, at the counter where its device stood; None if it is not of this office's day."""
        if not self.start_ms <= one.happened_ms < self.end_ms:
            return None
        if office is not None:
            return one if office == self.office else None
        device = one.life.device
        if device not in self.stood:
            self.stood |= devices.places(self.lines.connection, [device])
        place = next((place for place in self.stood[device] if place.holds(one.happened_ms)), None)
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
        """Write down where these events are now, and note what that moved."""
        for seq in was.keys() | now.keys():
            if was.get(seq) != now.get(seq):
                for one in (was.get(seq), now.get(seq)):
                    if one is not None:
                        self.note(one)
        self.lines.unplace(one for seq, one in was.items() if seq not in now)
        self.lines.place(one for seq, one in now.items() if was.get(seq) != one)

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
        event=decode_event(json.loads(stored.body)),
    )


def in_line(stored: Iterable[StoredEvent]) -> list[Happened]:
    """Placed events in the day's order."""
    return sorted(map(happened, stored), key=lambda one: one.position)
