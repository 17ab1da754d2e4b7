"""Call from anywhere: what the keys of a counter's keypad do, a program can do, too, and each is an event.

A program must see what it did a moment ago, before it is linked; so what it did last is kept beside, and whatever is
later holds: that, or what the linker made of the keypad's events.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from fleet.domain.day import day_of
from fleet.domain.linked import CounterSeen
from fleet.flows.arrive import wait_again
from fleet.flows.last_step import last_step
from fleet.flows.next_number import Chosen, by_hand, choose, take
from fleet.flows.show_clerks import may_call
from fleet.flows.virtual_device import VirtualDevice
from fleet.store import desks, places, visits
from fleet.store.database import Store
from fleet.store.desks import DeskRow
from fleet.store.devices import Place
from fleet.store.places import OfficeRow
from fleet.store.visits import OpenCall
from protocols import events
from protocols.commands import Want
from protocols.counter_state import TicketNumber
from protocols.event import Event

CLOSED, FREE, SERVING, PARKED, PAUSED = "closed", "free", "serving", "parked", "paused"


class DeskRefused(Exception):
    """The counter is not in the state for this; `kind` says which."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


@dataclass(frozen=True)
class AtCounter:
    """What a counter does: closed (nothing yet today), free, serving or paused; whom it serves, in which visit."""

    office: str
    counter: str
    state: str
    since_ms: int | None = None
    service: str | None = None
    number: int | None = None
    visit: str | None = None

    @property
    def mark(self) -> str:
        """What this state is known by, for whoever looked a while ago: to call means the same as long as it is free."""
        if self.state == SERVING:
            return f"{SERVING} {self.visit or self.since_ms}"
        return FREE if self.state == CLOSED else self.state


@dataclass(frozen=True)
class Wish:
    """What a program wants done; what does not belong to its verb is left aside.

    `seen` is the mark of the counter, `step` the event to be taken back, as a person saw them; None: whatever they are.
    """

    verb: str
    service: str | None = None
    number: int | None = None
    to_service: str | None = None
    to_counter: str | None = None
    reason: str = ""
    outcome: str = "done"
    seen: str | None = None
    step: str | None = None
    code: str | None = None


@dataclass
class Act:
    """One thing that a program does at a counter that is locked."""

    connection: Connection
    server: VirtualDevice
    office: OfficeRow
    day: str
    before: AtCounter
    kept: DeskRow
    wish: Wish
    at_ms: int

    @property
    def of_number(self) -> dict[str, Any]:
        """Whom the counter serves, and when this happens: fields of most events."""
        return {"service": self.before.service, "number": self.before.number, **self.when}

    @property
    def when(self) -> dict[str, Any]:
        """The moment, as an event says it."""
        return {"up": self.server.up_ms(self.at_ms), "at": self.at_ms}

    def record(self, event: Event) -> str:
        """It is an event of this counter."""
        return self.server.record(self.connection, event, self.at_ms, self.office, self.before.counter)

    def ends(self, event: Event, state: str = FREE) -> AtCounter:
        """The visit is over by this event."""
        if self.before.state != SERVING:
            raise DeskRefused("counter-not-serving")
        return self.becomes(state, self.record(event), "finished" if event.KIND == "finish" else None)

    def becomes(
        self, state: str, event: str, news: str | None = None, again: bool = False, unfinished: str | None = None
    ) -> AtCounter:
        """The counter does this now; its devices are to be told. `unfinished`: the finish that was taken back."""
        before = self.before
        now = replace(before, state=FREE if state == PARKED else state, since_ms=self.at_ms)
        if state == SERVING:
            row = replace(self.kept, service=now.service, number=now.number, visit=now.visit)
        else:
            now = replace(now, service=None, number=None, visit=None)
            row = replace(self.kept, service=before.service, number=before.number, visit=before.visit)
        row = replace(row, office=self.office.id, day=self.day, state=state, since_ms=self.at_ms)
        desks.save(self.connection, row)
        told = {"doing": state, "service": row.service, "number": row.number, "event": event, "news": news}
        body = json.dumps({**told, "again": again, "unfinished": unfinished})
        desks.say(self.connection, self.office.id, before.counter, body, self.at_ms)
        return now


def look(store: Store, office: OfficeRow, counter: str, now_ms: int) -> AtCounter:
    """What a counter does, as far as anybody knows."""
    with store.reading() as connection:
        kept = desks.desk(connection, counter)
        return seen(connection, office, counter, day_of(now_ms, office.timezone), kept)


def act(
    connection: Connection, server: VirtualDevice, office: OfficeRow, counter: str, wish: Wish, now_ms: int
) -> AtCounter:
    """Do what a program wants at a counter; what the counter does then. Raises DeskRefused."""
    places.hold(connection, office.id)
    kept = desks.lock(connection, office.id, counter)
    day = day_of(now_ms, office.timezone)
    before = seen(connection, office, counter, day, kept)
    if wish.seen not in (None, before.mark):
        raise DeskRefused("outdated")
    at_ms = max(now_ms, kept.since_ms + 1) if kept.day == day else now_ms  # two acts in one millisecond have an order
    return VERBS[wish.verb](Act(connection, server, office, day, before, kept, wish, at_ms))


def seen(connection: Connection, office: OfficeRow, counter: str, day: str, kept: DeskRow | None) -> AtCounter:
    """What was linked or what a program did last, whichever is later."""
    linked = visits.counter_days(connection, office.id, day).get(counter)
    calls = visits.open_calls(connection, office.id, day) if linked is not None and linked.state == SERVING else []
    return as_seen(office, counter, day, kept, linked, calls)


def as_seen(
    office: OfficeRow, counter: str, day: str, kept: DeskRow | None, linked: CounterSeen | None, calls: list[OpenCall]
) -> AtCounter:
    """The same of what was read; `calls` are the visits of the office that are open, the oldest first."""
    if kept is not None and kept.day == day and (linked is None or kept.since_ms > linked.since_ms):
        nobody = AtCounter(office.id, counter, FREE if kept.state == PARKED else kept.state, kept.since_ms)
        if kept.state != SERVING:
            return nobody
        return replace(nobody, service=kept.service, number=kept.number, visit=kept.visit)
    if linked is None:
        return AtCounter(office.id, counter, CLOSED)
    if linked.state != SERVING:
        return AtCounter(office.id, counter, linked.state, linked.since_ms)
    found = [one for one in calls if one[1] == counter]
    visit, _, service, number, _ = found[-1] if found else (None, counter, None, None, 0)
    return AtCounter(office.id, counter, SERVING, linked.since_ms, service, number, visit)


def call_next(one: Act) -> AtCounter:
    """Whoever is next is called; nothing happens where nobody waits."""
    refuse_unless_free(one)
    if not may_call(one.connection, one.office, one.before.counter, one.at_ms):
        raise DeskRefused("nobody-signed-in")
    called = called_last(one.kept, one.day)
    place = Place(one.server.id, one.office.id, one.before.counter, 0, None)
    want = Want(id=0, want="next")
    while True:
        given = choose(one.connection, one.office.id, one.day, one.before.counter, called, one.at_ms)
        if not isinstance(given, Chosen):
            service, number = given
            break
        if take(one.connection, one.server, place, one.day, given, want, one.at_ms):
            service, number = given.ticket.service, given.ticket.number
            break
    if service is None or number is None:
        return one.before
    return begins(one, events.NumberCalled(service=service, number=number, **one.when), service, number)


def called_last(kept: DeskRow | None, day: str) -> TicketNumber | None:
    """The number that a program called last here, which may not be linked yet."""
    if kept is None or kept.day != day or kept.service is None or kept.number is None:
        return None
    return TicketNumber(service=kept.service, number=kept.number)


def call_by_hand(one: Act) -> AtCounter:
    """A number that waits is called out of its turn, by somebody who knows why.

    Even one that lies in the reserve of a keypad that is cut off: whether that keypad called it, a person can see.
    """
    refuse_unless_free(one)
    if not may_call(one.connection, one.office, one.before.counter, one.at_ms):
        raise DeskRefused("nobody-signed-in")
    service, number = one.wish.service, one.wish.number
    assert service is not None and number is not None  # noqa: S101 (the doors demand both)
    chosen = by_hand(one.connection, one.office.id, one.day, one.before.counter, service, number, one.at_ms)
    place = Place(one.server.id, one.office.id, one.before.counter, 0, None)
    want = Want(id=0, want="next")
    if chosen is None or not take(one.connection, one.server, place, one.day, chosen, want, one.at_ms):
        raise DeskRefused("number-not-waiting")
    return begins(one, events.NumberCalled(service=service, number=number, **one.when), service, number)


def recall(one: Act) -> AtCounter:
    """The number is called once more."""
    if one.before.state != SERVING:
        raise DeskRefused("counter-not-serving")
    event = one.record(events.NumberRecalled(**one.of_number))
    return replace(one.becomes(SERVING, event, "called", again=True), since_ms=one.before.since_ms)


def finish(one: Act) -> AtCounter:
    """The resident's business is done; the rating is armed."""
    return one.ends(events.VisitFinished(outcome=one.wish.outcome, **one.of_number))


def no_show(one: Act) -> AtCounter:
    """Nobody came."""
    return one.ends(events.NoShow(**one.of_number))


def park(one: Act) -> AtCounter:
    """The resident will come back to this counter."""
    return one.ends(events.Parked(reason=one.wish.reason, **one.of_number), PARKED)


def transfer(one: Act) -> AtCounter:
    """The resident is sent on, to another counter of the service unless it is said to which."""
    wish = one.wish
    if wish.to_service not in (None, *(service.id for service in places.services(one.connection, one.office.id))):
        raise DeskRefused("no-such-service")
    if wish.to_counter not in (None, *(counter.id for counter in places.open_counters(one.connection, one.office.id))):
        raise DeskRefused("no-such-counter-there")
    service = wish.to_service or one.before.service
    called_at = places.skills(one.connection, one.office.id).get(wish.to_counter or "", {})
    if wish.to_counter is not None and service is not None and service not in called_at:
        raise DeskRefused("counter-not-for-service")
    sent: dict[str, Any] = {"to_service": wish.to_service, "to_counter": wish.to_counter, "reason": wish.reason}
    return one.ends(events.Transferred(**sent, **one.of_number))


def go_on(one: Act) -> AtCounter:
    """One service is done, and the same resident goes on with another one here."""
    if one.before.state != SERVING:
        raise DeskRefused("counter-not-serving")
    to_service = one.wish.to_service
    if to_service is None or to_service not in [row.id for row in places.services(one.connection, one.office.id)]:
        raise DeskRefused("no-such-service")
    visit = one.record(events.WentOn(to_service=to_service, **one.of_number))
    one.before = replace(one.before, visit=visit)
    return one.becomes(SERVING, visit)


def resume(one: Act) -> AtCounter:
    """With a number a parked resident is served again, without one a paused counter works again."""
    service, number = one.wish.service, one.wish.number
    if service is None or number is None:
        if one.before.state != PAUSED:
            raise DeskRefused("counter-not-paused")
        return one.becomes(FREE, one.record(events.Resumed(**one.when)))
    if one.before.state == SERVING:
        raise DeskRefused("counter-serving")
    just_now = (one.kept.day, one.kept.state, one.kept.service, one.kept.number) == (one.day, PARKED, service, number)
    state = desks.ticket_state(one.connection, one.office.id, one.day, service, number)
    if state != PARKED and not just_now:
        raise DeskRefused("not-parked")
    return begins(one, events.Resumed(service=service, number=number, **one.when), service, number)


def pause(one: Act) -> AtCounter:
    """The counter calls nobody for a while."""
    refuse_unless_free(one)
    return one.becomes(PAUSED, one.record(events.Paused(reason=one.wish.reason, **one.when)))


def scan(one: Act) -> AtCounter:
    """A dossier's code was read for whom the counter serves; where no number is needed it begins a visit."""
    if one.before.state == PAUSED:
        raise DeskRefused("counter-paused")
    if one.before.state != SERVING and not one.office.scan_opens_visit:
        raise DeskRefused("counter-not-serving")
    one.record(events.CodeScanned(what="dossier", code=one.wish.code, **one.when))
    return one.before


def come_back(one: Act) -> AtCounter:
    """A number that nobody answered for waits again; what the counter does stays."""
    service, number = one.wish.service, one.wish.number
    if service is None or number is None:
        raise DeskRefused("not-a-no-show")
    if not wait_again(one.connection, one.server, one.office, one.day, service, number, one.at_ms):
        raise DeskRefused("not-a-no-show")
    return one.before


def undo(one: Act) -> AtCounter:
    """The last step is taken back, and the counter is as it was before."""
    last = last_step(one.connection, one.office, one.day, one.before.counter, one.at_ms).last
    if one.wish.step is not None and (last is None or last.event != one.wish.step):
        raise DeskRefused("outdated")
    if last is None:
        raise DeskRefused("nothing-to-undo")
    event = one.record(events.Undone(step=last.event, **one.when))
    visit = last.visit
    unfinished = None if last.ended is None else last.ended.finish
    if visit is not None:
        one.before = replace(one.before, service=visit.service, number=visit.number, visit=visit.id)
        return replace(one.becomes(SERVING, event, unfinished=unfinished), since_ms=visit.called_ms)
    paused = last.doing is not None and last.doing.state == PAUSED
    return one.becomes(PAUSED if paused else FREE, event)


def begins(one: Act, event: Event, service: str, number: int) -> AtCounter:
    """A visit begins with this event."""
    visit = one.record(event)
    one.before = replace(one.before, service=service, number=number, visit=visit)
    return one.becomes(SERVING, visit, "called")


def refuse_unless_free(one: Act) -> None:
    """Raises DeskRefused while somebody is served or the counter pauses."""
    if one.before.state == SERVING:
        raise DeskRefused("counter-serving")
    if one.before.state == PAUSED:
        raise DeskRefused("counter-paused")


VERBS: dict[str, Callable[[Act], AtCounter]] = {
    "next": call_next,
    "call": call_by_hand,
    "recall": recall,
    "finish": finish,
    "no-show": no_show,
    "transfer": transfer,
    "go-on": go_on,
    "park": park,
    "resume": resume,
    "pause": pause,
    "undo": undo,
    "come-back": come_back,
    "scan": scan,
}
