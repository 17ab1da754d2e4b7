"""Why a visit is what it is: which event made which link, in words; of what the linker noted, by no rule of its own.

How the visit was rated is not said, nor by which press, nor when: only whether presses belong to it, why, and which of
them counts.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from fleet.domain import counter_line
from fleet.domain.calendars import VIET_NAM
from fleet.domain.explaining_sentences import JUDGED, LEFT_ASIDE, LINKED, OUTCOMES, SENTENCES
from fleet.domain.linked import Day, Link, RatingSeen, VisitSeen
from fleet.domain.linking import Told

LANGUAGES = ("vi", "en")


@dataclass(frozen=True)
class Names:
    """What people call things: numbers by (service, number), services and counters by their ids, clerks by sessions."""

    labels: Mapping[tuple[str, int], str] = field(default_factory=dict)
    services: Mapping[str, str] = field(default_factory=dict)
    counters: Mapping[str, str] = field(default_factory=dict)
    clerks: Mapping[str, str] = field(default_factory=dict)
    timezone: str = VIET_NAM

    def clock(self, ms: int) -> str:
        """The time of day."""
        return f"{datetime.fromtimestamp(ms / 1000, ZoneInfo(self.timezone)):%H:%M}"

    def number(self, visit: VisitSeen) -> str:
        """The visit's number as it is called; a dash for one that began with a scan."""
        if visit.service is None or visit.number is None:
            return "–"
        return self.labels.get((visit.service, visit.number), f"{visit.service} {visit.number}")


@dataclass(frozen=True)
class Why:
    """One link: when and by which event (not told of presses), and what it means, in each language."""

    ms: int | None
    event: str | None
    said: Mapping[str, str]


def explain(told: Told, visit_id: str, names: Names, presses: bool = True) -> tuple[Why, ...]:
    """What made this visit, in order; empty if the day has no such visit. `presses`: the reader may know of them."""
    visit = next((one for one in told.day.visits if one.id == visit_id), None)
    if visit is None:
        return ()
    links = [link for link in told.links if link.visit == visit_id]
    return (
        *ticket_of(told.day, visit, names),
        *(linked(link, visit, names) for link in links),
        *signed_in(told.day, visit, names),
        *(rated([one for one in told.day.ratings if one.visit == visit_id], visit) if presses else ()),
    )


def ticket_of(day: Day, visit: VisitSeen, names: Names) -> Iterator[Why]:
    """Where the number comes from, and how long its holder waited."""
    if visit.number is None:
        return
    ticket = next((one for one in day.tickets if (one.service, one.number) == (visit.service, visit.number)), None)
    number = names.number(visit)
    if ticket is None:
        yield why("no_ticket", None, None, number=number)
        return
    yield why("appointment" if ticket.due_ms is not None else "ticket", ticket.taken_ms, ticket.event, number=number)
    if visit.about is not None and visit.about != visit.service:
        yield why("about", None, None, service=names.services.get(visit.about, visit.about))
    sent_ms = sent_on(day, visit)
    if visit.wait_ms is not None and sent_ms is not None:
        minutes, seconds = visit.wait_ms // 60_000, visit.wait_ms // 1_000 % 60
        yield why("waited_sent", None, None, minutes=minutes, seconds=seconds, at=names.clock(sent_ms))
    elif visit.wait_ms is not None:
        yield why("waited", None, None, minutes=visit.wait_ms // 60_000, seconds=visit.wait_ms // 1_000 % 60)
    elif visit.resumed:
        yield why("waited_before", None, None)
    elif any(one.closed_by == visit.id and one.outcome == counter_line.WENT_ON for one in day.visits):
        yield why("went_straight_on", None, None)


def sent_on(day: Day, visit: VisitSeen) -> int | None:
    """When the holder of the visit's number was last sent on before it; None if never."""
    number = (visit.service, visit.number)
    sent = [one for one in day.visits if (one.service, one.number) == number and one.outcome == "transfer"]
    ends = [one.finished_ms for one in sent if one.end is not None and one.end <= visit.position]
    return max((ms for ms in ends if ms is not None), default=None)


def linked(link: Link, visit: VisitSeen, names: Names) -> Why:
    """What an event of the counter did to the visit."""
    words = {
        "number": names.number(visit),
        "counter": names.counters.get(visit.counter, visit.counter),
        "code": link.what,
    }
    if link.how != counter_line.CLOSED:
        return why(link.how, link.happened_ms, link.event, **words)
    if link.event != visit.closed_by:
        return why("closed_for_now", link.happened_ms, link.event, **words)
    if visit.outcome == "transfer" and visit.finish is None:
        words["to"] = names.counters.get(visit.to_counter or "", "") or names.services.get(visit.to_service or "", "")
        return why("sent_to" if words["to"] else "sent_on", link.happened_ms, link.event, **words)
    outcome = visit.outcome or ""
    if outcome == counter_line.WENT_ON:
        words["to"] = names.services.get(visit.to_service or "", visit.to_service or "")
        return why("went_on_to", link.happened_ms, link.event, **words)
    if visit.finish is None and outcome in OUTCOMES:
        return why(outcome, link.happened_ms, link.event, **words)
    key = "finished" if outcome == "done" else "finished_so"
    return why(key, link.happened_ms, link.event, outcome=outcome, **words)


def signed_in(day: Day, visit: VisitSeen, names: Names) -> Iterator[Why]:
    """Whose visit it is, where the reader may know the clerks."""
    session = next((one for one in day.sessions if one.id == visit.session), None)
    if session is not None and session.id in names.clerks:
        key = "clerk" if session.began_ms <= visit.called_ms else "clerk_later"
        yield why(key, session.began_ms, session.id, clerk=names.clerks[session.id])


def rated(ratings: Iterable[RatingSeen], visit: VisitSeen) -> Iterator[Why]:
    """Why presses belong to the visit, and why one counts; neither scores nor moments."""
    ratings = sorted(ratings, key=lambda one: (not one.counted, one.reason or "", one.inferred))
    if not ratings and visit.finish is not None:
        yield why("unrated", None, None)
    for one in ratings:
        how, judged = LINKED[one.inferred], JUDGED.get(one.reason or "", LEFT_ASIDE)
        yield Why(None, None, {language: f"{how[place]} {judged[place]}" for place, language in enumerate(LANGUAGES)})


def why(key: str, ms: int | None, event: str | None, **words: object) -> Why:
    """A sentence in each language."""
    sentences = SENTENCES[key]
    said = {language: sentences[place].format(**words) for place, language in enumerate(LANGUAGES)}
    return Why(ms, event, said)
