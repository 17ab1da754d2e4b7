"""Link what was touched of a day, and what hangs on it; the rest stays as it is.

What it leaves in the tables is what linking the whole day anew would leave there. A counter's events are read again
from the checkpoint before the first that moved, until the counter is where it was. A number is told anew when its
tickets or visits are others, a press when it moved or a visit that it may answer did, a reason when its press did, an
answer when its visit did.
"""

from collections.abc import Iterable

from sqlalchemy import Connection

from fleet.domain.changing import but
from fleet.domain.clerk_sessions import ClerkSession, Shift, serving, shifts_of
from fleet.domain.counter_line import CounterLine, CounterState, Reading
from fleet.domain.day import bounds
from fleet.domain.lines import ALONE, STAFF, answer_line, finish_line, number_line, press_line, reason_line
from fleet.domain.linked import Happened, RatingSeen, UnlinkedSeen, VisitSeen
from fleet.domain.linking import left_alone, sign_in, tell_answers, tell_reasons
from fleet.domain.number_line import tell_number
from fleet.domain.rating_ties import INFER_MS, judged, tie
from fleet.flows.count_waits import count_changed
from fleet.flows.link_day import scan_opened_visit
from fleet.flows.placing import Moved, Placing, in_line
from fleet.flows.visits_anew import VisitsAnew
from fleet.store import badges
from fleet.store.day_parts import (
    ANSWERS,
    COUNTERS,
    DOSSIERS,
    RATINGS,
    REASONS,
    SESSIONS,
    TICKETS,
    UNLINKED,
    DayParts,
    dossiers_of,
)
from fleet.store.lines import Lines, Stretch
from fleet.store.places import OfficeRow
from protocols import events

PAGE = 64
BEFORE_ALL_MS = -(2**53)
AFTER_ALL_MS = 2**53


class TouchedDay:
    """One office's day, of which something was touched."""

    def __init__(self, connection: Connection, place: OfficeRow, day: str) -> None:
        self.connection = connection
        self.place = place
        self.day = day
        self.scan_opens_visit = scan_opened_visit(connection, place, day)
        self.lines = Lines(connection, place.id, day)
        self.parts = DayParts(connection, place.id, day)
        self.visits = VisitsAnew(self.parts)
        self.placing = Placing(self.lines, place.id, *bounds(day, place.timezone))
        self.moved = self.placing.moved
        self.looked: set[str] = set()
        self.unlinked: list[UnlinkedSeen] = []
        self.shifts: dict[str, list[Shift]] = {}

    def link(self, stretches: Iterable[Stretch]) -> tuple[int, int]:
        """Link these events; how many they are, and how many rows that changed."""
        read = self.placing.stretches(stretches)
        counters = {line.partition("/")[2]: moved for line, moved in self.moved.items() if line.startswith("counter/")}
        self.sign_in()
        self.know_shifts(counters)
        for counter, moved in counters.items():
            self.read_counter(counter, moved)
        changed = self.changed_visits()
        self.tell_numbers(changed)
        alone = self.around(ALONE)
        presses = self.presses_near(changed)
        rated = self.tie([*presses, *(one for one in alone if isinstance(one.event, events.RatingGiven))])
        self.judge_reasons(rated, [one for one in alone if isinstance(one.event, events.RatingReason)])
        self.judge_answers(changed)
        self.unlinked += [left for one in alone if (left := left_alone(one)) is not None]
        self.visits.save()
        count_changed(self.connection, self.place, self.day, *self.visits.differing())
        for moved in self.moved.values():
            self.looked |= moved.ids
        self.parts.save(UNLINKED, self.parts.where(UNLINKED, ("id",), keys(self.looked)), self.unlinked)
        return read, self.parts.changed

    def sign_in(self) -> None:
        """Badges are few: where one moved, all of the day are read again."""
        if STAFF not in self.moved:
            return
        scans = in_line(self.lines.on([STAFF])[STAFF])
        sessions, unlinked = sign_in(scans, badges.of_office(self.connection, self.place.id))
        was, now = self.parts.all(SESSIONS), sessions.all()
        self.parts.save(SESSIONS, was, now)
        self.unlinked += unlinked
        self.looked |= {one.id for one in scans}
        since = changed_since(was, now)
        self.know_shifts(since)
        for counter, ms in since.items():
            for visit in self.visits.since(counter, ms):
                self.visits.put(self.with_session(visit))

    def know_shifts(self, counters: Iterable[str]) -> None:
        """Who was signed in at these counters."""
        wanted = {(counter,) for counter in counters if counter not in self.shifts}
        self.shifts |= {counter: [] for (counter,) in wanted}
        self.shifts |= shifts_of(self.parts.where(SESSIONS, ("counter",), wanted))

    def with_session(self, visit: VisitSeen) -> VisitSeen:
        """The visit with its clerk's session."""
        shifts = self.shifts[visit.counter]
        return but(visit, session=serving(shifts, visit.position, visit.end) if shifts else None)

    def read_counter(self, counter: str, moved: Moved) -> None:
        """Read a counter's events again around each change."""
        moments = moved.moments
        read: set[str] = set(moved.ids)
        now: dict[str, VisitSeen] = {}
        while moments:
            reading, began = self.read_on(counter, moments)
            read |= {one.id for one in reading.events}
            unchanged: set[str] = set()
            if reading.same_from_ms is None:
                doing = [] if reading.line.doing is None else [reading.line.doing]
                self.parts.save(COUNTERS, self.parts.where(COUNTERS, ("counter",), {(counter,)}), doing)
            else:
                unchanged = reading.line.unsettled  # what comes of them later is as it was
            now |= {visit.id: visit for visit in reading.line.visits.values()}
            now = {visit.id: visit for visit in now.values() if visit.id not in unchanged | reading.line.gone}
            read = (read | began) - unchanged
            self.unlinked += reading.line.unlinked
            self.looked |= {one.id for one in reading.events}
            moments = set(reading.changed)
        self.save_visits(counter, read, now)

    def read_on(self, counter: str, moments: set[int]) -> tuple[Reading, set[str]]:
        """Read from the checkpoint before the first of these moments; with the visits that were unsettled there."""
        line = f"counter/{counter}"
        found = self.lines.checkpoint(line, min(moments))
        after_ms, state = BEFORE_ALL_MS, CounterState()
        if found is not None:
            after_ms, state = found[0], CounterState.from_text(found[1])
        reading = Reading(CounterLine(counter, self.scan_opens_visit, state), moments)
        began = reading.line.unsettled
        known: dict[int, str] = {}
        ended = False
        while reading.same_from_ms is None and not ended:
            stored, ended = self.lines.after(line, after_ms, PAGE)
            upto_ms = AFTER_ALL_MS if ended else max(one.happened_ms for one in stored)
            page = self.lines.checkpoints(line, after_ms, upto_ms)
            known |= page
            reading.on(in_line(stored), {ms: CounterState.from_text(text) for ms, text in page.items()})
            after_ms = upto_ms
        if reading.same_from_ms is None:
            reading.changed.clear()
        made = {ms: state.to_text() for ms, state in reading.checkpoints.items()}
        self.lines.save_checkpoints(line, {ms: text for ms, text in made.items() if known.get(ms) != text})
        same_from_ms = AFTER_ALL_MS if reading.same_from_ms is None else reading.same_from_ms
        self.lines.drop_checkpoints(line, [ms for ms in known if ms < same_from_ms and ms not in made])
        return reading, began

    def save_visits(self, counter: str, read: set[str], now: dict[str, VisitSeen]) -> None:
        """Of the events that were read these opened visits; the others opened none, or no more."""
        was = self.visits.of_ids(read | now.keys())
        gone = {visit.id for visit in was.values() if visit.counter == counter and visit.id not in now}
        for visit in now.values():
            before = was.get(visit.id)
            told = self.with_session(visit)
            self.visits.put(told if before is None else kept(told, before))
        for visit_id in gone:
            self.visits.remove(visit_id)
        dossiers = self.parts.where(DOSSIERS, ("visit",), keys(gone | now.keys()))
        self.parts.save(DOSSIERS, dossiers, [one for visit in now.values() for one in dossiers_of(visit)])

    def changed_visits(self) -> list[VisitSeen]:
        """The visits that are others now, as they were and as they are."""
        found = []
        for visit_id, now in self.visits.now.items():
            was = self.visits.known.get(visit_id)
            told = None if now is None else but(now, dossiers=(), session=None)
            was = None if was is None else but(was, session=None)
            if was != told:
                found += [one for one in (was, told) if one is not None]
        return found

    def tell_numbers(self, changed: Iterable[VisitSeen]) -> None:
        """Tell the numbers of these visits anew, and those whose tickets moved."""
        numbers = {(one.service, one.number) for one in changed if one.service is not None and one.number is not None}
        for line in self.moved:
            if line.startswith("number/"):
                _, number, service = line.split("/", 2)
                numbers.add((service, int(number)))
        lines = {(service, number): number_line(service, number) for service, number in numbers}
        taken = self.lines.on(lines.values())
        called: dict[tuple[str | None, int | None], list[VisitSeen]] = {}
        for visit in self.visits.where(("service", "number"), numbers):
            called.setdefault((visit.service, visit.number), []).append(visit)
        tickets = []
        for key, line in lines.items():
            told = tell_number(in_line(taken[line]), called.get(key, ()))
            tickets += [] if told.ticket is None else [told.ticket]
            for visit in told.visits:
                self.visits.put(visit)
            self.unlinked += told.unlinked
            self.looked |= {one.id for one in in_line(taken[line])}
        self.parts.save(TICKETS, self.parts.where(TICKETS, ("service", "number"), numbers), tickets)

    def presses_near(self, changed: Iterable[VisitSeen]) -> list[Happened]:
        """The presses that moved, and those that may answer these visits."""
        named = {line for line in self.moved if line.startswith("finish/")}
        near = [one for line in self.moved if line.startswith("press/") for one in self.moments(line)]
        for visit in changed:
            if visit.finish is not None and visit.finished_ms is not None:
                named.add(finish_line(visit.finish))
                near.append((press_line(visit.counter), visit.finished_ms, visit.finished_ms + INFER_MS))
        found = in_line(self.lines.within(near))
        found += [one for stored in self.lines.on(named).values() for one in in_line(stored)]
        return found

    def around(self, line: str) -> list[Happened]:
        """The events of a line at the moments at which something moved on it."""
        return in_line(self.lines.within(self.moments(line)))

    def moments(self, line: str) -> list[tuple[str, int, int]]:
        """The moments at which something moved on a line, as stretches of it."""
        return [(line, ms, ms) for ms in self.moved[line].moments] if line in self.moved else []

    def tie(self, presses: Iterable[Happened]) -> set[str]:
        """Tie these presses anew and judge them with the others of their visits; the ratings that may be others now."""
        unique = {one.id: one for one in presses}
        named = {visit.finish: visit for visit in self.visits.where(("finish",), keys(map(armed, unique.values())))}
        tied = {one.id: self.tied(one, named.get(armed(one))) for one in unique.values()}
        moved = {one for line, each in self.moved.items() if line.split("/")[0] in PRESSES for one in each.ids}
        was = {one.id: one for one in self.parts.where(RATINGS, ("id",), keys(unique.keys() | moved))}
        visits = {one.visit for one in (*was.values(), *tied.values()) if one.visit is not None}
        of_visits = {one.id: one for one in self.parts.where(RATINGS, ("visit",), keys(visits))}
        now = {one.id: one for one in of_visits.values() if one.id not in was} | tied
        together: dict[str, list[RatingSeen]] = {one: [] for one in visits}
        for one in now.values():
            if one.visit is not None:
                together[one.visit].append(one)
        there = self.visits.of_ids(visits)
        for visit_id, ratings in together.items():
            verdicts = judged(ratings) if ratings else []
            now |= {one.id: one for one in verdicts}
            if visit_id in there:
                self.visits.put(but(there[visit_id], rated=any(one.counted for one in verdicts)))
        was |= of_visits
        self.parts.save(RATINGS, was.values(), sorted(now.values(), key=lambda one: (one.pressed_ms, one.id)))
        return {one for one in was.keys() | now.keys() if was.get(one) != now.get(one)}

    def tied(self, one: Happened, named: VisitSeen | None) -> RatingSeen:
        """A press with its visit."""
        before: list[VisitSeen] = []
        if armed(one) is None and one.counter is not None:
            before = self.visits.ended(one.counter, one.happened_ms - INFER_MS, one.happened_ms)
        return tie(one, named, before)

    def judge_reasons(self, rated: Iterable[str], alone: Iterable[Happened]) -> None:
        """Judge what was said of these ratings, and what moved."""
        lines = {reason_line(one) for one in rated} | {line for line in self.moved if line.startswith("reason/")}
        given = self.lines.on(lines)
        ratings = self.parts.where(RATINGS, ("id",), {(line.partition("/")[2],) for line in lines if given[line]})
        ordered = sorted(
            [*alone, *(one for stored in given.values() for one in in_line(stored))], key=lambda one: one.position
        )
        moved = {one for line, each in self.moved.items() if line.split("/")[0] in REASON for one in each.ids}
        was = self.parts.where(REASONS, ("id",), keys({one.id for one in ordered} | moved))
        self.parts.save(REASONS, was, tell_reasons(ordered, ratings))

    def judge_answers(self, changed: Iterable[VisitSeen]) -> None:
        """Judge what was answered after these visits, and what moved."""
        lines = {answer_line(visit.finish) for visit in changed if visit.finish is not None}
        lines |= {line for line in self.moved if line.startswith("answer/")}
        given = [one for stored in self.lines.on(lines).values() for one in in_line(stored)]
        moved = {one for line, each in self.moved.items() if line.startswith("answer/") for one in each.ids}
        was = self.parts.where(ANSWERS, ("id",), keys({one.id for one in given} | moved))
        visits = self.visits.where(("finish",), {(line.partition("/")[2],) for line in lines})
        self.parts.save(ANSWERS, was, tell_answers(sorted(given, key=lambda one: one.position), visits))


PRESSES = ("finish", "press", ALONE)
REASON = ("reason", ALONE)


def armed(press: Happened) -> str | None:
    """The finish that a press names."""
    assert isinstance(press.event, events.RatingGiven)  # noqa: S101 (callers chose them)
    return press.event.armed


def keys(values: Iterable[str | None]) -> set[tuple[str]]:
    """Values as keys of one column."""
    return {(value,) for value in values if value is not None}


def changed_since(was: Iterable[ClerkSession], now: Iterable[ClerkSession]) -> dict[str, int]:
    """By counter, the moment from which on somebody else may have been signed in there than was thought."""
    since: dict[str, int] = {}
    before, after = ({(one.id, one.counter): one for one in some} for some in (was, now))
    for key in before.keys() | after.keys():
        one, other = before.get(key), after.get(key)
        if one == other:
            continue
        moments = [some.began_ms for some in (one, other) if some is not None]
        if one is not None and other is not None and one.began_ms == other.began_ms:
            moments = [some.ended_ms for some in (one, other) if some.ended_ms is not None]
        since[key[1]] = min([*moments, since.get(key[1], AFTER_ALL_MS)])
    return since


def kept(told: VisitSeen, before: VisitSeen) -> VisitSeen:
    """A visit as its counter tells it, with what its number and its presses said of it."""
    about = told.about if before.number is None else before.about
    return but(told, wait_ms=before.wait_ms, rated=before.rated, about=about)
