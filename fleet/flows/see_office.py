"""What is known of an office at a moment, for its alerts: as its page shows it."""

import json
from datetime import date

from sqlalchemy import Connection

from fleet.domain.alert_limits import AlertLimits, minute_of
from fleet.domain.alert_sights import CLOSING_MS, CounterSeen, DarkSeen, OfficeSeen, PrinterSeen, QueueSeen
from fleet.domain.alerts import Cause
from fleet.domain.bad_ratings import LEAST, Share
from fleet.domain.day import bounds, day_of, later
from fleet.domain.incidents import FRESH_MS
from fleet.domain.lines import counter_line
from fleet.domain.satisfaction import CELL, is_satisfied
from fleet.flows.calendars import calendar_of
from fleet.flows.due_dossiers import DueDossiers
from fleet.flows.told_waits import told
from fleet.store import alert_facts, fleet_losses, incidents, places, visits
from fleet.store.alert_facts import Board, Line
from fleet.store.places import OfficeRow

MIN_MS = 60_000
USUAL_DAYS = 28
GONE = ("lost", "leaving")
NO_PAPER = "out"
NEVER = "never"
DARK_AT_LEAST = 2
# One device alone is a device that is lost, not an office.


class Eyes:
    """Looks at offices; remembers what does not change within a day, or only slowly."""

    def __init__(self) -> None:
        self.usual: dict[str, tuple[str, Share]] = {}
        self.due = DueDossiers()

    def see(self, connection: Connection, office: OfficeRow, limits: AlertLimits, now_ms: int) -> OfficeSeen:
        """The office, now."""
        day = day_of(now_ms, office.timezone)
        minute = (now_ms - bounds(day, office.timezone)[0]) // MIN_MS
        lines = alert_facts.lines(connection, office.id, day)
        bad, usual = self.ratings(connection, office.id, day) if limits.is_on(Cause.RATINGS) else ((), Share())
        due = None
        if limits.is_on(Cause.DOSSIERS) and minute >= minute_of(limits.dossiers_at):
            today = date.fromisoformat(day)
            if next(calendar_of(connection, office.id, office.timezone).spans(today), None) is not None:
                due = self.due.of(connection, office.id, today, now_ms)
        boards = alert_facts.boards(connection, office.id, now_ms)
        return OfficeSeen(
            minute=minute,
            queues=queues(connection, office, lines, now_ms),
            counters=counters(connection, office, day, lines),
            bad=bad,
            usual=usual,
            due=due,
            printers=printers(boards),
            dark=dark_of(connection, office, boards, now_ms),
            fleet_lost=fleet_losses.open_now(connection) is not None,
            incidents=tuple(incidents.at_office(connection, office.id, now_ms - FRESH_MS, now_ms)),
        )

    def ratings(self, connection: Connection, office: str, day: str) -> tuple[tuple[bool, ...], Share]:
        """Whether each of today's published ratings is a bad one, and the share of those in the four weeks before."""
        came = visits.counted_scores(connection, office, day)
        bad = tuple(not is_satisfied(score, scale) for score, scale in came[: len(came) // CELL * CELL])
        if len(bad) < LEAST:
            return bad, Share()
        known = self.usual.get(office)
        if known is None or known[0] != day:
            found = alert_facts.scores(connection, office, later(day, -USUAL_DAYS), day)
            share = Share(
                sum(n for score, scale, n in found if not is_satisfied(score, scale)), sum(n for _, _, n in found)
            )
            known = self.usual[office] = (day, share)
        return bad, known[1]


def queues(connection: Connection, office: OfficeRow, lines: list[Line], now_ms: int) -> tuple[QueueSeen, ...]:
    """Each service: who waits, and what newcomers are told."""
    heard = told(connection, office, now_ms).newcomers
    found = []
    for service in places.services(connection, office.id):
        its = [line for line in lines if line.service == service.id]
        one = heard.get(service.id)
        found.append(
            QueueSeen(
                service=service.id,
                target_s=service.target_wait_s,
                waiting=sum(line.n for line in its),
                oldest_ms=min((line.oldest_ms for line in its), default=None),
                told=None if one is None else (one.spread.middle, one.spread.high),
            )
        )
    return tuple(found)


def counters(connection: Connection, office: OfficeRow, day: str, lines: list[Line]) -> tuple[CounterSeen, ...]:
    """Each counter that was opened today: what it does, and who waits for what it calls first."""
    states = visits.counter_days(connection, office.id, day)
    skills = places.skills(connection, office.id)
    happened = alert_facts.last_on_lines(connection, office.id, day, map(counter_line, states))
    signed_in = alert_facts.last_signed_in(connection, office.id, day)
    staffed = visits.signed_in(connection, office.id, day) if office.sign_in_required else None
    found = []
    for counter, state in sorted(states.items()):
        own = {service for service, helping in skills.get(counter, {}).items() if not helping}
        its = [line for line in lines if line.service in own and line.counter in (None, counter)]
        found.append(
            CounterSeen(
                counter=counter,
                state=state.state,
                last_ms=max(state.since_ms, happened.get(counter_line(counter), 0), signed_in.get(counter, 0)),
                waiting=sum(line.n for line in its),
                oldest_ms=min((line.oldest_ms for line in its), default=None),
                staffed=staffed is None or counter in staffed,
            )
        )
    return tuple(found)


def dark_of(connection: Connection, office: OfficeRow, boards: list[Board], now_ms: int) -> DarkSeen | None:
    """Whether none of an office's devices is connected though it is open; what never came, or sleeps, is not missed."""
    known = [board for board in boards if board.presence != NEVER and board.presence_ms is not None]
    if len(known) < DARK_AT_LEAST or any(board.presence not in GONE for board in known):
        return None
    calendar = calendar_of(connection, office.id, office.timezone)
    if not calendar.is_open(now_ms):
        return None
    since_ms = max(board.presence_ms or 0 for board in known)
    return DarkSeen(len(known), since_ms, not calendar.is_open(now_ms + CLOSING_MS))


def printers(boards: list[Board]) -> tuple[PrinterSeen, ...]:
    """The printers of tickets that stand at the office."""
    return tuple(
        PrinterSeen(
            device=board.id,
            has_paper=json.loads(board.health or "{}").get("paper") != NO_PAPER,
            lost_since_ms=board.presence_ms if board.presence in GONE else None,
        )
        for board in boards
        if "printer" in board.roles
    )
