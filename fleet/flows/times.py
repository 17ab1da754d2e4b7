"""What the fleet learns of a boot's clock says when its events happened, in whatever order it is learnt."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from fleet.domain import timing
from fleet.domain.timing import Moment, Readings
from fleet.store import devices, inbox
from fleet.store.inbox import Held, Life, Timed

MOST_CELLS = 200
# A boot whose beginning is read in more than so many minutes is of a device that invents its uptime.


@dataclass(frozen=True)
class Retimed:
    """An event that is thought to have happened at another moment than before; told once for each of the two."""

    life: Life
    seq: int
    ms: int


def anchor(connection: Connection, life: Life, up_ms: int, received_ms: int) -> list[Retimed]:
    """A message told this boot's uptime. Returns the events whose time changed."""
    devices.hold(connection, [life.device])
    return anchor_each(connection, {life: (up_ms, received_ms)}, received_ms)


def anchor_each(connection: Connection, told: Mapping[Life, tuple[int, int]], now_ms: int) -> list[Retimed]:
    """Each of these boots told its uptime, which came at a moment. Returns the events whose time changed.

    Their devices are held. Nearly always nothing is new: then it takes two statements, however many they are.
    """
    held = inbox.boots_of(connection, told, now_ms)
    before = inbox.readings(connection, told)
    kept = {life: joined(before.get(life, []), timing.reading(*one)) for life, one in told.items()}
    inbox.save_readings(connection, {life: new for life, (_, new) in kept.items() if new is not None})
    changed: list[Retimed] = []
    for life, (readings, _) in kept.items():
        anchor = timing.anchor_of(readings)
        if anchor is not None and anchor != held[life].anchor:
            changed += anchor_anew(connection, life, held[life], anchor)
    return changed


def anchor_anew(connection: Connection, life: Life, held: Held, anchor: timing.Anchor) -> list[Retimed]:
    """This boot began at another moment than was known."""
    inbox.save_boot(connection, life, held.covered, anchor)
    latest_ms = anchor.offset_ms + timing.CLOCK_TOLERANCE_MS
    # An event that an anchor did not fit may fit the next.
    earliest_ms = anchor.offset_ms - timing.JUMP_MS if anchor.sure else -timing.LATEST_MS
    events = inbox.to_anchor(connection, life, earliest_ms, latest_ms)
    changed = settle(connection, life, events, lambda one: timing.happened(one.up_ms, one.at_ms, anchor))
    return changed + retime(connection, life)


def joined(before: list[Readings], new: Readings) -> tuple[list[Readings], Readings | None]:
    """All readings of a boot with one more, and what of it is to be kept: None if it tells nothing new."""
    cells = {one.cell: one for one in before}
    if new.cell not in cells and len(cells) >= MOST_CELLS:
        return before, None
    both = new.joined(cells.get(new.cell, new))
    others = [one for one in before if one.cell != new.cell]
    return [*others, both], None if both == cells.get(new.cell) else both


def retime(connection: Connection, life: Life) -> list[Retimed]:
    """Tell anew when the boots around this one happened that never told their uptime, from the last to the first."""
    changed: list[Retimed] = []
    following: tuple[int, int] | None = None
    for boot in inbox.unanchored(connection, life):
        one = Life(life.device, life.epoch, boot)
        events = inbox.to_estimate(connection, one)
        start = start_of(connection, one, events, following)
        changed += settle(connection, one, events, start)
        following = following if start(NOTHING).ms is None else (boot, start(NOTHING).ms or 0)
    return changed


NOTHING = Timed(seq=0, up_ms=0, at_ms=None, happened_ms=None)
# An event at the beginning of a boot: when it would have happened is when the boot began.


def start_of(
    connection: Connection, life: Life, events: list[Timed], following: tuple[int, int] | None
) -> Callable[[Timed], Moment]:
    """How to tell the time of a boot without an anchor: by an event of it that has a clock, else by its neighbours."""
    told = timing.anchor_of(timing.reading(one.up_ms, one.at_ms) for one in events if one.at_ms is not None)
    if told is not None:
        return lambda one: timing.happened(one.up_ms, one.at_ms, told)
    anchored = inbox.next_anchored(connection, life)
    after = min((next_boot for next_boot in (anchored, following) if next_boot is not None), default=None)
    after_ms = None if after is None else after[1]
    before_ms = inbox.last_before(connection, life)
    longest = max((one.up_ms for one in events), default=0)
    return lambda one: timing.between_boots(one.up_ms, longest, before_ms, after_ms)


def settle(
    connection: Connection, life: Life, events: Iterable[Timed], tell: Callable[[Timed], Moment]
) -> list[Retimed]:
    """Write down what is told of these events' times; those that changed."""
    moved = []
    changed = []
    for one in events:
        moment = tell(one)
        if moment.ms is not None and moment.ms != one.happened_ms:
            moved.append((one.seq, moment.ms, moment.timing))
            moments = [moment.ms] if one.happened_ms is None else [one.happened_ms, moment.ms]
            changed += [Retimed(life, one.seq, ms) for ms in moments]
    inbox.set_times(connection, life, moved)
    return changed
