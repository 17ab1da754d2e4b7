"""Visits out of events: a pure function of the *set* of events of one office's day.

Any order of arrival, any duplication and any split over workers gives the same result, because the events are put into
one order first: by when they happened, within one boot always by their number, and by identity where two moments are
equal. Tickets are read before all else: clocks of two boards differ, and a number may seem to be called before it was
taken. Version of the rules: `RULES`; raise it when the same events would give other visits, and days are linked anew.

Call opens a visit at a counter; scans at that counter belong to it; finish, no-show, transfer or parking closes it. A
press that names a finish is tied to that visit. A press that names none is tied only if exactly one visit of that
counter was finished within `INFER_MS` before it. What belongs to nothing is kept with its reason.

A visit knows the session of the clerk who called it (`clerk_sessions.py`): of whoever was signed in at the counter, or
of the first to sign in there while it lasted. What a visitor said of a rating is tied to it in `rating_reasons.py`.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from fleet.domain.clerk_sessions import Badge, ClerkSession, ClerkSessions
from fleet.domain.rating_reasons import ReasonGiven, ReasonSeen, judge_reasons
from fleet.domain.satisfaction import Press, judge
from protocols import events
from protocols.events import Event
from protocols.identity import event_id

RULES = 3
INFER_MS = 60_000

UNFINISHED = "unfinished"
NO_VISIT = "no visit was open at this counter"
NO_COUNTER = "the device stood at no counter"
NO_FINISH = "the finish it names is not known"
NO_VISIT_BEFORE = "no visit was finished within a minute before"
NO_CLOCK = "it names no finish and its device had no clock"
SEVERAL_VISITS = "several visits were finished within a minute before"


@dataclass(frozen=True)
class Happened:
    """An event, its identity, when it happened, and where its device stood then."""

    device: str
    epoch: int
    boot: int
    seq: int
    happened_ms: int
    estimated: bool
    counter: str | None
    event: Event

    @property
    def id(self) -> str:
        """The identity as one text."""
        return event_id(self.device, self.epoch, self.boot, self.seq)


@dataclass(frozen=True)
class TicketSeen:
    """A number that was taken. `state`: waiting, called, parked, done, no_show. `calls` counts its visits so far."""

    service: str
    number: int
    event: str
    taken_ms: int
    priority: str
    senior: bool
    state: str = "waiting"
    waiting_for: str = ""
    waiting_at: str | None = None
    calls: int = 0


@dataclass(frozen=True)
class VisitSeen:
    """One resident at one counter. `id`, `finish` and `session` are identities of events.

    `dossiers` are (code, scanned ms).
    """

    id: str
    counter: str
    service: str | None
    number: int | None
    called_ms: int
    wait_ms: int | None
    estimated: bool
    finished_ms: int | None = None
    outcome: str | None = None
    finish: str | None = None
    recalls: int = 0
    dossiers: tuple[tuple[str, int], ...] = ()
    rated: bool = False
    session: str | None = None


@dataclass(frozen=True)
class RatingSeen:
    """One press: tied to a visit or not, counted or not, and why not."""

    id: str
    counter: str | None
    visit: str | None
    inferred: bool
    score: int
    scale: int
    scale_version: int
    pressed_ms: int
    counted: bool
    reason: str | None


@dataclass(frozen=True)
class UnlinkedSeen:
    """An event that belongs to nothing, and why."""

    id: str
    kind: str
    reason: str


@dataclass(frozen=True)
class CounterSeen:
    """What a counter does at the end of what is known: free, serving or paused, and since when."""

    counter: str
    state: str
    since_ms: int
    reason: str = ""


@dataclass(frozen=True)
class Day:
    """Everything that one office's events of a day say, each part in a fixed order."""

    tickets: tuple[TicketSeen, ...]
    visits: tuple[VisitSeen, ...]
    ratings: tuple[RatingSeen, ...]
    unlinked: tuple[UnlinkedSeen, ...]
    counters: tuple[CounterSeen, ...]
    sessions: tuple[ClerkSession, ...] = ()
    reasons: tuple[ReasonSeen, ...] = ()


def link(happened: Iterable[Happened], scan_opens_visit: bool = False, badges: Iterable[Badge] = ()) -> Day:
    """The day that these events tell. Duplicates (same identity) count once. `badges`: all of the office, ever."""
    linker = Linker(scan_opens_visit, badges)
    ordered = in_order(happened)
    for one in ordered:
        if isinstance(one.event, events.TicketTaken):
            linker.ticket_taken(one, one.event)
    for one in ordered:
        linker.take(one)
    return linker.day()


def in_order(happened: Iterable[Happened]) -> list[Happened]:
    """One order for a set of events: by time, but within one boot by number whatever its clock said meanwhile."""
    unique = {(one.device, one.epoch, one.boot, one.seq): one for one in happened}
    latest: dict[tuple[str, int, int], int] = {}
    ordered = []
    for (device, epoch, boot, _), one in sorted(unique.items()):
        life = (device, epoch, boot)
        latest[life] = max(latest.get(life, one.happened_ms), one.happened_ms)
        ordered.append((latest[life], device, epoch, boot, one.seq, replace(one, happened_ms=latest[life])))
    return [entry[-1] for entry in sorted(ordered, key=lambda entry: entry[:-1])]


class Linker:
    """Reads a day's events in order. Used once, by `link`."""

    def __init__(self, scan_opens_visit: bool, badges: Iterable[Badge] = ()) -> None:
        self.scan_opens_visit = scan_opens_visit
        self.sessions = ClerkSessions(badges)
        self.tickets: dict[tuple[str, int], TicketSeen] = {}
        self.visits: dict[str, VisitSeen] = {}
        self.open: dict[str, str] = {}
        self.presses: list[Happened] = []
        self.reasons: list[ReasonGiven] = []
        self.unlinked: list[UnlinkedSeen] = []
        self.counters: dict[str, CounterSeen] = {}

    def take(self, one: Happened) -> None:
        """The next event in order, tickets apart."""
        event = one.event
        if isinstance(event, events.RatingGiven):
            self.presses.append(one)
        elif isinstance(event, events.RatingReason):
            life = one.device, one.epoch, one.boot
            self.reasons.append(ReasonGiven(one.id, life, one.counter, event.rating, event.reason, one.happened_ms))
        elif isinstance(event, AT_COUNTER):
            if one.counter is None:
                self.leave(one, NO_COUNTER)
            else:
                self.at_counter(one, one.counter)

    def at_counter(self, one: Happened, counter: str) -> None:
        """Something that a clerk did."""
        event = one.event
        if isinstance(event, events.NumberCalled):
            self.called(one, counter, event)
        elif isinstance(event, events.CodeScanned):
            self.scanned(one, counter, event)
        elif isinstance(event, events.Paused):
            self.counters[counter] = CounterSeen(counter, "paused", one.happened_ms, event.reason)
        elif isinstance(event, events.Resumed):
            self.resumed(one, counter, event)
        elif counter not in self.open:
            self.leave(one, NO_VISIT)
        elif isinstance(event, events.NumberRecalled):
            visit = self.visits[self.open[counter]]
            self.visits[visit.id] = replace(visit, recalls=visit.recalls + 1)
        elif isinstance(event, events.VisitFinished):
            self.close(one, counter, event.outcome, "done", finish=one.id)
        elif isinstance(event, events.NoShow):
            self.close(one, counter, "no_show", "no_show")
        elif isinstance(event, events.Transferred):
            self.close(one, counter, "transfer", "waiting", to_service=event.to_service, to_counter=event.to_counter)
        elif isinstance(event, events.Parked):
            self.close(one, counter, "parked", "parked")

    def ticket_taken(self, one: Happened, event: events.TicketTaken) -> None:
        """A number is taken once; the same number again that day is a fault that is kept, not counted."""
        key = (event.service, event.number)
        if key in self.tickets:
            self.leave(one, f"number {event.number} was taken before, by {self.tickets[key].event}")
            return
        self.tickets[key] = TicketSeen(
            service=event.service,
            number=event.number,
            event=one.id,
            taken_ms=one.happened_ms,
            priority=event.priority,
            senior=event.senior,
            waiting_for=event.service,
        )

    def called(self, one: Happened, counter: str, event: events.NumberCalled) -> None:
        """A call opens a visit; one that was still open ends unfinished."""
        self.open_visit(one, counter, event.service, event.number)

    def resumed(self, one: Happened, counter: str, event: events.Resumed) -> None:
        """With a number a parked resident is served again, without one a paused counter works again."""
        if event.service is not None and event.number is not None:
            self.open_visit(one, counter, event.service, event.number, waited=False)
        elif counter not in self.open:
            self.counters[counter] = CounterSeen(counter, "free", one.happened_ms)

    def scanned(self, one: Happened, counter: str, event: events.CodeScanned) -> None:
        """A dossier belongs to the visit that is open; without a printer it opens one. A badge signs in."""
        if event.badge_hash is not None:
            self.badge_scanned(one, counter, event.badge_hash)
        if event.what != "dossier" or event.code is None:
            return
        if counter not in self.open:
            if not self.scan_opens_visit:
                self.leave(one, NO_VISIT)
                return
            self.open_visit(one, counter, None, None)
        visit = self.visits[self.open[counter]]
        if event.code not in [code for code, _ in visit.dossiers]:
            self.visits[visit.id] = replace(visit, dossiers=(*visit.dossiers, (event.code, one.happened_ms)))

    def badge_scanned(self, one: Happened, counter: str, badge_hash: str) -> None:
        """A clerk signs in or out; a visit that nobody was signed in for is from now on this clerk's."""
        problem = self.sessions.scanned(one.id, counter, badge_hash, one.happened_ms)
        if problem is not None:
            self.leave(one, problem)
            return
        session = self.sessions.at(counter, one.happened_ms)
        if session is not None and counter in self.open:
            visit = self.visits[self.open[counter]]
            self.visits[visit.id] = replace(visit, session=visit.session or session.id)

    def open_visit(
        self, one: Happened, counter: str, service: str | None, number: int | None, waited: bool = True
    ) -> None:
        """A visit begins at this counter. Who was parked did not wait to be called."""
        if counter in self.open:
            self.close(one, counter, UNFINISHED, "done")
        wait_ms = None
        ticket = self.tickets.get((service, number)) if service is not None and number is not None else None
        if ticket is not None:
            wait_ms = max(0, one.happened_ms - ticket.taken_ms) if waited else None
            self.tickets[ticket.service, ticket.number] = replace(ticket, state="called", calls=ticket.calls + 1)
        session = self.sessions.at(counter, one.happened_ms)
        self.visits[one.id] = VisitSeen(
            id=one.id,
            counter=counter,
            service=service,
            number=number,
            called_ms=one.happened_ms,
            wait_ms=wait_ms,
            estimated=one.estimated,
            session=None if session is None else session.id,
        )
        self.open[counter] = one.id
        self.counters[counter] = CounterSeen(counter, "serving", one.happened_ms)

    def close(
        self,
        one: Happened,
        counter: str,
        outcome: str,
        ticket_state: str,
        finish: str | None = None,
        to_service: str | None = None,
        to_counter: str | None = None,
    ) -> None:
        """The open visit of this counter ends."""
        visit = self.visits[self.open.pop(counter)]
        self.visits[visit.id] = replace(
            visit,
            finished_ms=one.happened_ms,
            outcome=outcome,
            finish=finish,
            estimated=visit.estimated or one.estimated,
        )
        self.counters[counter] = CounterSeen(counter, "free", one.happened_ms)
        if visit.service is None or visit.number is None:
            return
        ticket = self.tickets.get((visit.service, visit.number))
        if ticket is not None:
            self.tickets[ticket.service, ticket.number] = replace(
                ticket, state=ticket_state, waiting_for=to_service or ticket.waiting_for, waiting_at=to_counter
            )

    def leave(self, one: Happened, reason: str) -> None:
        """Keep an event that belongs to nothing."""
        self.unlinked.append(UnlinkedSeen(one.id, one.event.KIND, reason))

    def day(self) -> Day:
        """The result, after the last event."""
        ratings = self.rated()
        rated = {rating.visit for rating in ratings if rating.counted}
        visits = [replace(visit, rated=visit.id in rated) for visit in self.visits.values()]
        return Day(
            tickets=tuple(sorted(self.tickets.values(), key=lambda ticket: (ticket.service, ticket.number))),
            visits=tuple(sorted(visits, key=lambda visit: (visit.called_ms, visit.id))),
            ratings=tuple(ratings),
            unlinked=tuple(sorted(self.unlinked, key=lambda one: one.id)),
            counters=tuple(sorted(self.counters.values(), key=lambda one: one.counter)),
            sessions=self.sessions.all(),
            reasons=judge_reasons(
                self.reasons,
                {one.id: (one.device, one.epoch, one.boot) for one in self.presses},
                [rating.id for rating in ratings if rating.counted],
            ),
        )

    def rated(self) -> list[RatingSeen]:
        """Tie each press to its visit, then let each visit's presses be judged together."""
        by_finish = {visit.finish: visit.id for visit in self.visits.values() if visit.finish is not None}
        tied: dict[str, tuple[str | None, bool, str | None]] = {}
        of_visit: dict[str, list[Press]] = defaultdict(list)
        for one in self.presses:
            event = one.event
            assert isinstance(event, events.RatingGiven)  # noqa: S101 (only such events are put there)
            visit, inferred, reason = self.visit_of(one, event, by_finish)
            tied[one.id] = (visit, inferred, reason)
            if visit is not None:
                of_visit[visit].append(Press(one.id, one.device, one.happened_ms, event.score, event.scale))
        verdicts: dict[str, str | None] = {}
        for presses in of_visit.values():
            verdicts.update(judge(presses))
        ratings = []
        for one in self.presses:
            event = one.event
            assert isinstance(event, events.RatingGiven)  # noqa: S101
            visit, inferred, reason = tied[one.id]
            reason = verdicts.get(one.id, reason) if visit is not None else reason
            ratings.append(
                RatingSeen(
                    id=one.id,
                    counter=one.counter,
                    visit=visit,
                    inferred=inferred,
                    score=event.score,
                    scale=event.scale,
                    scale_version=event.scale_version,
                    pressed_ms=one.happened_ms,
                    counted=visit is not None and reason is None,
                    reason=reason,
                )
            )
        return ratings

    def visit_of(
        self, one: Happened, event: events.RatingGiven, by_finish: dict[str, str]
    ) -> tuple[str | None, bool, str | None]:
        """(visit, whether it was inferred, reason why there is none) of a press."""
        if event.armed is not None:
            visit = by_finish.get(event.armed)
            return visit, False, None if visit is not None else NO_FINISH
        if one.counter is None:
            return None, False, NO_COUNTER
        if one.estimated:
            return None, False, NO_CLOCK
        before = [
            visit.id
            for visit in self.visits.values()
            if visit.counter == one.counter
            and visit.finish is not None
            and visit.finished_ms is not None
            and not visit.estimated
            and 0 <= one.happened_ms - visit.finished_ms <= INFER_MS
        ]
        if len(before) == 1:
            return before[0], True, None
        return None, False, SEVERAL_VISITS if before else NO_VISIT_BEFORE


AT_COUNTER = (
    events.NumberCalled,
    events.NumberRecalled,
    events.NoShow,
    events.VisitFinished,
    events.Transferred,
    events.Parked,
    events.Resumed,
    events.Paused,
    events.CodeScanned,
)
