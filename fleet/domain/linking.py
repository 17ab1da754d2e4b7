"""Visits out of events: a pure function of the *set* of events of one office's day.

Any order of arrival, any duplication and any split over workers gives the same result, because the events are put into
one order first: by when they happened, within one boot always by their number, and by identity where two moments are
equal. Then each line of them (`lines`) is read for itself. Version of the rules: `RULES`; raise it when the same events
would give other visits, and days are linked anew.

Call opens a visit at a counter; scans at that counter belong to it; finish, no-show, transfer or parking closes it
(`counter_line`). A press that names a finish is tied to that visit. A press that names none is tied only if exactly one
visit of that counter was finished within `INFER_MS` before it (`rating_ties`). What belongs to nothing is kept with its
reason.

A visit knows the session of the clerk who called it (`clerk_sessions`): of whoever was signed in at the counter, or of
the first to sign in there while it lasted. What a visitor said of a rating is tied to it in `rating_reasons`, what they
answered to the question after the visit in `answers`.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fleet.domain.answers import AnswerGiven, AnswerSeen, judge_answers
from fleet.domain.changing import but
from fleet.domain.clerk_sessions import Badge, ClerkSessions, Shift, serving, shifts_of
from fleet.domain.counter_line import NO_VISIT, UNFINISHED, CounterLine, CounterState, Reading
from fleet.domain.lines import ALONE, OF_A_NUMBER, STAFF, in_order, line_of
from fleet.domain.linked import (
    CounterSeen,
    Day,
    Happened,
    Link,
    RatingSeen,
    TicketSeen,
    UnlinkedSeen,
    VisitSeen,
)
from fleet.domain.number_line import tell_number
from fleet.domain.rating_reasons import ReasonGiven, ReasonSeen, judge_reasons
from fleet.domain.rating_ties import (
    INFER_MS,
    NO_CLOCK,
    NO_COUNTER,
    NO_FINISH,
    NO_VISIT_BEFORE,
    SEVERAL_VISITS,
    judged,
    tie,
)
from fleet.domain.ways import SERVERS, on_page
from protocols import events
from protocols.identity import parse_event_id

__all__ = [
    "INFER_MS",
    "NO_CLOCK",
    "NO_COUNTER",
    "NO_FINISH",
    "NO_VISIT",
    "NO_VISIT_BEFORE",
    "RULES",
    "SEVERAL_VISITS",
    "UNFINISHED",
    "CounterSeen",
    "Day",
    "Happened",
    "Link",
    "RatingSeen",
    "TicketSeen",
    "Told",
    "UnlinkedSeen",
    "VisitSeen",
    "in_order",
    "link",
    "tell",
]

RULES = 8
PRESSES = (events.RatingGiven, events.RatingReason)


@dataclass(frozen=True)
class Told:
    """A day, and how it came about: the events in order, what each did, and the states of counters between them.

    `checkpoints` are by the counter's line and by the moment after which the state holds.
    """

    day: Day
    ordered: tuple[Happened, ...]
    links: tuple[Link, ...]
    checkpoints: dict[str, dict[int, CounterState]]


def link(happened: Iterable[Happened], scan_opens_visit: bool = False, badges: Iterable[Badge] = ()) -> Day:
    """The day that these events tell. Duplicates (same identity) count once. `badges`: all of the office, ever."""
    return tell(happened, scan_opens_visit, badges).day


def tell(happened: Iterable[Happened], scan_opens_visit: bool = False, badges: Iterable[Badge] = ()) -> Told:
    """The day that these events tell, and how it came about."""
    ordered = in_order(happened)
    lines: dict[str, list[Happened]] = defaultdict(list)
    for one in ordered:
        lines[line_of(one)].append(one)
    sessions, unlinked = sign_in(lines[STAFF], badges)
    unlinked += [left for one in lines[ALONE] if (left := left_alone(one)) is not None]
    whole = sessions.all()
    shifts = shifts_of(whole)
    visits: dict[str, VisitSeen] = {}
    links: list[Link] = []
    counters: list[CounterSeen] = []
    checkpoints = {}
    for name, events_of_line in lines.items():
        if name.startswith("counter/"):
            counter = name.partition("/")[2]
            reading = Reading(CounterLine(counter, scan_opens_visit, CounterState()), ())
            reading.on(events_of_line, {})
            visits |= with_sessions(reading.line.visits, shifts.get(counter, ()))
            links += reading.line.links
            unlinked += reading.line.unlinked
            counters += [] if reading.line.doing is None else [reading.line.doing]
            checkpoints[name] = reading.checkpoints
    tickets, again = tell_numbers(lines, visits)
    ratings = tell_ratings([one for one in ordered if isinstance(one.event, events.RatingGiven)], visits)
    rated = {rating.visit for rating in ratings if rating.counted}
    day = Day(
        tickets=tuple(sorted(tickets, key=lambda ticket: (ticket.service, ticket.number))),
        visits=tuple(
            but(visit, rated=True) if visit.id in rated else visit
            for visit in sorted(visits.values(), key=lambda visit: (visit.called_ms, visit.id))
        ),
        ratings=tuple(ratings),
        unlinked=tuple(sorted([*unlinked, *again], key=lambda one: one.id)),
        counters=tuple(sorted(counters, key=lambda one: one.counter)),
        sessions=whole,
        reasons=tell_reasons([one for one in ordered if isinstance(one.event, events.RatingReason)], ratings),
        answers=tuple(
            tell_answers([one for one in ordered if isinstance(one.event, events.QuestionAnswered)], visits.values())
        ),
    )
    return Told(day, tuple(ordered), tuple(links), checkpoints)


def left_alone(one: Happened) -> UnlinkedSeen | None:
    """What a clerk did on a device that stood at no counter; None for what is no fault."""
    if one.counter is not None or isinstance(one.event, PRESSES):
        return None
    return UnlinkedSeen(one.id, one.event.KIND, NO_COUNTER)


def sign_in(scans: Iterable[Happened], badges: Iterable[Badge]) -> tuple[ClerkSessions, list[UnlinkedSeen]]:
    """The sessions that the badges of a day make, in order, and the scans that mean nothing."""
    sessions = ClerkSessions(badges)
    unlinked = []
    for one in scans:
        event = one.event
        assert isinstance(event, events.CodeScanned) and one.counter is not None  # noqa: S101 (the line of the staff)
        problem = sessions.scanned(one.id, one.counter, event.badge_hash or "", one.happened_ms)
        if problem is not None:
            unlinked.append(UnlinkedSeen(one.id, event.KIND, problem))
    return sessions, unlinked


def with_sessions(visits: dict[str, VisitSeen], shifts: Sequence[Shift]) -> dict[str, VisitSeen]:
    """The visits of a counter, each with its clerk's session."""
    return {
        visit.id: but(visit, session=serving(shifts, visit.position, visit.end) if shifts else None)
        for visit in visits.values()
    }


def tell_numbers(
    lines: dict[str, list[Happened]], visits: dict[str, VisitSeen]
) -> tuple[list[TicketSeen], list[UnlinkedSeen]]:
    """The tickets of the day, and what was taken again; the visits are given their waits."""
    called: dict[tuple[str, int], list[VisitSeen]] = defaultdict(list)
    for visit in visits.values():
        if visit.service is not None and visit.number is not None:
            called[visit.service, visit.number].append(visit)
    tickets: list[TicketSeen] = []
    unlinked: list[UnlinkedSeen] = []
    for line in lines.values():
        first = line[0].event if line else None
        if isinstance(first, OF_A_NUMBER):
            told = tell_number(line, called[first.service, first.number])
            tickets += [] if told.ticket is None else [told.ticket]
            unlinked += told.unlinked
            visits |= {visit.id: visit for visit in told.visits}
    return tickets, unlinked


def tell_ratings(presses: Sequence[Happened], visits: dict[str, VisitSeen]) -> list[RatingSeen]:
    """Tie each press to its visit, then let each visit's presses be judged together."""
    by_finish = {visit.finish: visit for visit in visits.values() if visit.finish is not None}
    finished: dict[str, list[tuple[int, str, VisitSeen]]] = defaultdict(list)
    for visit in by_finish.values():
        finished[visit.counter].append((visit.finished_ms or 0, visit.id, visit))
    for of_counter in finished.values():
        of_counter.sort(key=lambda entry: entry[:2])
    ratings: dict[str, RatingSeen] = {}
    of_visit: dict[str, list[RatingSeen]] = defaultdict(list)
    for one in presses:
        event = one.event
        assert isinstance(event, events.RatingGiven)  # noqa: S101 (callers chose them)
        near = [] if event.armed is not None else near_to(one, finished.get(one.counter or "", []))
        rating = ratings[one.id] = tie(one, by_finish.get(event.armed or ""), near)
        if rating.visit is not None:
            of_visit[rating.visit].append(rating)
    for together in of_visit.values():
        ratings |= {rating.id: rating for rating in judged(together)}
    return list(ratings.values())


def near_to(one: Happened, finished: Sequence[tuple[int, str, VisitSeen]]) -> list[VisitSeen]:
    """The visits of a counter, in the order of their ends, that ended within `INFER_MS` before a press."""
    first = bisect_left(finished, one.happened_ms - INFER_MS, key=lambda entry: entry[0])
    last = bisect_left(finished, one.happened_ms + 1, key=lambda entry: entry[0])
    return [visit for _, _, visit in finished[first:last]]


def tell_reasons(given: Iterable[Happened], ratings: Iterable[RatingSeen]) -> tuple[ReasonSeen, ...]:
    """What visitors said was the cause of these ratings, in order."""
    ratings = list(ratings)
    return judge_reasons(
        [reason_given(one) for one in given],
        {rating.id: life_of(rating.id) for rating in ratings},
        [rating.id for rating in ratings if rating.counted],
    )


def reason_given(one: Happened) -> ReasonGiven:
    """A second press, as it is judged."""
    event = one.event
    assert isinstance(event, events.RatingReason)  # noqa: S101 (callers chose them)
    return ReasonGiven(one.id, life_of(one.id), one.counter, event.rating, event.reason, one.happened_ms)


def life_of(identity: str) -> tuple[str, int, int]:
    """The device, epoch and boot of an event; the processes that serve the pages of tickets live one life."""
    return (SERVERS, 0, 0) if on_page(identity) else parse_event_id(identity)[:3]


def tell_answers(given: Iterable[Happened], visits: Iterable[VisitSeen]) -> list[AnswerSeen]:
    """What residents answered after these visits, in order."""
    of_finish = {visit.finish: visit.id for visit in visits if visit.finish is not None}
    return judge_answers([answer_given(one) for one in given], of_finish)


def answer_given(one: Happened) -> AnswerGiven:
    """An answer, as it is judged."""
    event = one.event
    assert isinstance(event, events.QuestionAnswered)  # noqa: S101 (callers chose them)
    return AnswerGiven(one.id, one.counter, event.finish, event.criterion, event.points, one.happened_ms)
