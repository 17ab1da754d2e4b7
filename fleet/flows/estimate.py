"""How long people wait: played anew when something was linked, kept, and promised to whoever takes a number.

One worker at a time does this for an office; whoever tells people reads what was kept.
"""

from datetime import date
from zlib import crc32

import numpy as np
from sqlalchemy import Connection

from fleet.domain.correcting import correct
from fleet.domain.counter_plan import CounterFacts, counters_from_now, sessions_of, skills_of
from fleet.domain.day import bounds, day_of
from fleet.domain.estimating import Played, play
from fleet.domain.openings import Opening, Trial, candidate, wanting
from fleet.domain.queue_moment import Ahead, QueueNow
from fleet.domain.queue_policy import QueuePolicy
from fleet.domain.rivals import LAST_WAITS, Seen, rivals
from fleet.domain.spread import Spread
from fleet.domain.telling import Told, tell
from fleet.domain.told_now import ToldNow
from fleet.flows.calendars import calendar_of
from fleet.flows.office_knowledge import Lessons, OfficeKnowledge, calling_counters, know, lessons_of
from fleet.flows.queue_rules import policy_of
from fleet.flows.told_waits import HOLDS_MS, told_then
from fleet.store import bookings, estimates, places, visits
from fleet.store.database import Store
from fleet.store.estimates import EstimateRow, PromiseRow, WaitingTicket
from fleet.store.failures import again_after_conflict
from fleet.store.places import OfficeRow

MIN_MS = 60_000
AGAIN_MS = 30_000
# Time passes for those who are served: estimates change though nothing happens.
TAKEN_MS = 20_000
HEARD_LATE_MS = 60_000
# A number is known some seconds after it was taken, and others may have been known before.
KNOWN_FOR_MS = 300_000
QUIET_MS = 300_000
# An office where nobody waits and no counter is open is looked at less often.


class Estimator:
    """Estimates for all offices; remembers for some minutes what it has learned of each."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.taught: dict[str, tuple[tuple[object, ...], Lessons]] = {}
        self.known: dict[str, tuple[int, OfficeKnowledge]] = {}

    def estimate_due(self, now_ms: int) -> list[str]:
        """Estimate wherever something was linked, or some time has passed; the offices that tell others now."""
        with self.store.reading() as connection:
            offices = {office.id: office for office in places.offices(connection)}
            zones = sorted({office.timezone for office in offices.values()})
            due = [one for zone in zones for one in estimates.due(connection, day_of(now_ms, zone), zone, now_ms)]
        return [office for office, version in due if self.estimate(offices[office], version, now_ms)]

    def estimate(self, office: OfficeRow, version: int, now_ms: int) -> bool:
        """Estimate an office's waits unless another does; whether that was done. `version`: what is linked of today."""
        day, until_ms = day_of(now_ms, office.timezone), now_ms + TAKEN_MS
        if not self.take(office.id, day, version, now_ms, until_ms):
            return False
        with self.store.reading() as connection:
            before = told_then(estimates.now(connection, office.id), day)
            known = self.know(connection, office, day, now_ms)
            queue, tickets = queue_now(connection, office, day, known, now_ms)
            told = told_now(connection, office, day, known, queue, tickets, before, now_ms)
            new = promises(before, tickets, estimates.promised(connection, office.id, day))
        quiet = not told.waiting and not told.counters
        due_ms = now_ms + (QUIET_MS if quiet else AGAIN_MS)
        return self.keep(office, EstimateRow(day, version, now_ms, due_ms, told.to_dict()), new, until_ms)

    @again_after_conflict
    def take(self, office: str, day: str, version: int, now_ms: int, until_ms: int) -> bool:
        """Take the office for oneself."""
        with self.store.writing(alone=False) as connection:
            return estimates.take(connection, office, day, version, now_ms, until_ms)

    @again_after_conflict
    def keep(self, office: OfficeRow, row: EstimateRow, new: list[PromiseRow], until_ms: int) -> bool:
        """What is told from now on, and what is promised to whom."""
        with self.store.writing(alone=False) as connection:
            if not estimates.save(connection, office.id, row, until_ms):
                return False
            estimates.promise(connection, office.id, row.day, new)
            return True

    def know(self, connection: Connection, office: OfficeRow, day: str, now_ms: int) -> OfficeKnowledge:
        """What is known of the office: of today every few minutes anew, of before when a day has taught something."""
        mark = (day, *estimates.lessons_mark(connection, office.id))
        taught = self.taught.get(office.id)
        if taught is None or taught[0] != mark:
            taught = (mark, lessons_of(connection, office, day))
            self.taught[office.id] = taught
            self.known.pop(office.id, None)
        known = self.known.get(office.id)
        if known is None or not 0 <= now_ms - known[0] < KNOWN_FOR_MS:
            known = (now_ms, know(connection, office, day, taught[1], now_ms))
            self.known[office.id] = known
        return known[1]


def queue_now(
    connection: Connection, office: OfficeRow, day: str, known: OfficeKnowledge, now_ms: int
) -> tuple[QueueNow, list[WaitingTicket]]:
    """The office's queue, and the tickets in it; after these come the appointments whose people are not there yet."""
    start_ms, _ = bounds(day, office.timezone)
    minute = (now_ms - start_ms) / MIN_MS
    policy = policy_of(connection, office.id)
    tickets = estimates.waiting(connection, office.id, day)
    ahead = [Ahead(one.waiting_for, preferred_from(one, policy, day, now_ms)) for one in tickets]
    taken = {(one.service, one.number) for one in tickets}
    ahead += [
        Ahead(one.service, (one.due_ms - now_ms) / MIN_MS)
        for one in bookings.of_day(connection, office.id, day)
        if one.cancelled_ms is None
        and one.came_ms is None
        and one.due_ms > now_ms
        and (one.service, one.number) not in taken
    ]
    spans = sessions_today(connection, office, day)
    facts = counter_facts(connection, office, day, known, start_ms)
    return (
        QueueNow(
            tuple(ahead),
            counters_from_now(facts, sessions_of(spans, start_ms), minute),
            known.knowledge.coming(minute, estimates.came(connection, office.id, day)),
            policy.most_in_a_row,
        ),
        tickets,
    )


def sessions_today(connection: Connection, office: OfficeRow, day: str) -> list[tuple[int, int]]:
    """The sessions of the day, as the calendar says or guesses; simulated people keep no usual hours."""
    calendar = calendar_of(connection, office.id, office.timezone)
    if office.simulated_pace is not None and not calendar.is_known:
        return []
    return list(calendar.spans(date.fromisoformat(day)))


def preferred_from(one: WaitingTicket, policy: QueuePolicy, day: str, now_ms: int) -> float | None:
    """From which minute on, counted from now, a ticket goes before others; None: never."""
    late = one.due_ms is not None and one.taken_ms > one.due_ms + policy.late_s * 1000
    if late or policy.place(one.priority, one.senior, day) is None:
        return None
    return (one.since_ms - now_ms) / MIN_MS


def counter_facts(
    connection: Connection, office: OfficeRow, day: str, known: OfficeKnowledge, start_ms: int
) -> list[CounterFacts]:
    """What is known of each counter."""
    states = visits.counter_days(connection, office.id, day)
    serving = visits.open_visits(connection, office.id, day)
    called = estimates.last_calls_ms(connection, office.id, day)
    skills = places.skills(connection, office.id)
    sent_on = estimates.transfers(connection, office.id, day)
    staffed = visits.signed_in(connection, office.id, day) if office.sign_in_required else None
    found = []
    for counter in calling_counters(connection, office.id):
        own, helping = skills_of(skills[counter])
        state = states.get(counter)
        visit = serving.get(counter)
        called_ms = called.get(counter) if visit is None else visit[2]
        found.append(
            CounterFacts(
                services=own,
                helping=helping,
                state=None if state is None else state.state,
                since_min=0.0 if state is None else (state.since_ms - start_ms) / MIN_MS,
                reason="" if state is None else state.reason,
                staffed=staffed is None or counter in staffed,
                serving=None if visit is None else sent_on.get(visit[:2], visit[0] or ""),
                called_min=None if called_ms is None else (called_ms - start_ms) / MIN_MS,
                worked_last_day=counter in known.worked,
            )
        )
    return found


def told_now(
    connection: Connection,
    office: OfficeRow,
    day: str,
    known: OfficeKnowledge,
    queue: QueueNow,
    tickets: list[WaitingTicket],
    before: ToldNow,
    now_ms: int,
) -> ToldNow:
    """What everybody is told, who heard that before."""
    chance = np.random.default_rng(crc32(f"{office.id}/{day}".encode()))  # the same luck all day: fewer waverings
    played: Played = play(queue, known.knowledge.times, chance)
    open_now = sum(counter.open_min[0][0] <= 0 for counter in queue.counters)
    ahead = dict.fromkeys(played.newcomers, 0)
    waiting = {}
    for ticket, spread in zip(tickets, played.waiting, strict=False):
        n = ahead.get(ticket.waiting_for, 0)
        ahead[ticket.waiting_for] = n + 1
        if spread is not None:
            key = (ticket.service, ticket.number)
            now = Told(now_ms, correct(spread, known.offsets), open_now, n)
            waiting[key] = tell(before.waiting.get(key), now)
    services = places.services(connection, office.id)
    newcomers = {
        one.id: None
        if (spread := played.newcomers.get(one.id)) is None
        else Told(now_ms, correct(spread, known.offsets), open_now, ahead[one.id])
        for one in services
    }
    first_ms = min((one.since_ms for one in tickets if one.due_ms is None), default=None)
    seen = Seen(
        waiting=len(tickets),
        serving=sum(counter.busy for counter in queue.counters),
        open_counters=open_now,
        mean_visit_min=known.knowledge.mean_visit_min,
        first_in_line_min=None if first_ms is None else max(now_ms - first_ms, 0) / MIN_MS,
        waits=[ms / MIN_MS for ms in estimates.last_waits_ms(connection, office.id, day, LAST_WAITS)],
    )
    spreads = {service: one for service, one in played.newcomers.items() if one is not None}
    told = {service: None if one is None else one.spread for service, one in newcomers.items()}
    targets = {one.id: one.target_wait_s for one in services}
    found = openings(connection, office, day, known, queue, tickets, told, targets, now_ms)
    return ToldNow(now_ms, newcomers, waiting, spreads, rivals(seen), open_now, found)


def openings(
    connection: Connection,
    office: OfficeRow,
    day: str,
    known: OfficeKnowledge,
    queue: QueueNow,
    tickets: list[WaitingTicket],
    told: dict[str, Spread | None],
    targets: dict[str, int],
    now_ms: int,
) -> tuple[Opening, ...]:
    """What another counter would do for those services whose people wait too long."""
    waited_s: dict[str, float] = {}
    for one in tickets:
        waited_s[one.waiting_for] = max(waited_s.get(one.waiting_for, 0.0), (now_ms - one.since_ms) / 1000)
    wanted = wanting(told, waited_s, targets)
    if not wanted:
        return ()
    start_ms, _ = bounds(day, office.timezone)
    facts = counter_facts(connection, office, day, known, start_ms)
    counters = list(zip(calling_counters(connection, office.id), facts, strict=True))
    sessions = sessions_of(sessions_today(connection, office, day), start_ms)
    trial = Trial(queue, counters, sessions, (now_ms - start_ms) / MIN_MS, known.knowledge.times, known.offsets)
    found = []
    for service in wanted:
        counter, before = candidate(service, counters), told[service]
        chance = np.random.default_rng(crc32(f"{office.id}/{day}".encode()))
        after_min = None if counter is None else trial.with_open(counter, service, chance)
        if counter is not None and after_min is not None:
            found.append(Opening(service, counter, None if before is None else before.middle, after_min))
    return tuple(found)


def promises(told: ToldNow, tickets: list[WaitingTicket], promised: set[tuple[str, int]]) -> list[PromiseRow]:
    """What those heard whose number is new: what was told to whoever came by then; nobody knows of anything else."""
    found = []
    for ticket in tickets:
        key = (ticket.service, ticket.number)
        now, played = told.newcomers.get(ticket.service), told.played.get(ticket.service)
        in_time = -HEARD_LATE_MS <= ticket.taken_ms - told.made_ms < HOLDS_MS
        if key not in promised and in_time and now is not None and played is not None:
            its = seconds(played), seconds(now.spread)
            found.append(PromiseRow(*key, told.made_ms, now.ahead, *its, dict(told.rivals)))
    return found


def seconds(spread: Spread) -> tuple[int, int, int]:
    """A range in seconds."""
    return round(spread.low * 60), round(spread.middle * 60), round(spread.high * 60)
