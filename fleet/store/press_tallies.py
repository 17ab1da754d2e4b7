"""Presses, added up over days: by counter and clerk, by device, and by why they do not count."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from fleet.domain.dead_buttons import Leveled
from fleet.domain.peers import SOON_MS, Tally
from fleet.domain.ways import SERVERS
from fleet.store.rows import every, sql

# A visit that was left without a finish could not be rated; nor one that a clerk says nobody came to, although its
# dossier was scanned.
OF_VISITS = sql("""
    SELECT v.counter, s.person, COUNT(v.finish) AS finished,
        SUM(CASE WHEN v.outcome = 'unfinished' OR (v.outcome = 'no_show' AND EXISTS (SELECT 1 FROM visit_dossiers d
            WHERE d.office = v.office AND d.day = v.day AND d.visit = v.id)) THEN 1 ELSE 0 END) AS unarmed,
        SUM(CASE WHEN v.finish IS NOT NULL AND v.rated THEN 1 ELSE 0 END) AS rated
    FROM visits v LEFT JOIN clerk_sessions s ON s.office = v.office AND s.day = v.day AND s.id = v.session
    WHERE v.office = :office AND v.day >= :first AND v.day <= :last GROUP BY v.counter, s.person""")
ON_PAGE = f"r.id LIKE '{SERVERS}%'"
# Where a clock was estimated, nothing is said of seconds; nor of whoever rated on a page, at any time afterwards.
OF_PRESSES = sql(f"""
    SELECT v.counter, s.person,
        SUM(CASE WHEN v.estimated OR {ON_PAGE} THEN 0 ELSE 1 END) AS pressed,
        SUM(CASE WHEN v.estimated OR {ON_PAGE} OR r.pressed_ms - v.finished_ms >= {SOON_MS} THEN 0 ELSE 1 END) AS soon,
        SUM(CASE WHEN NOT v.estimated AND NOT {ON_PAGE} AND EXISTS (SELECT 1 FROM visits n WHERE n.office = v.office
            AND n.day = v.day
            AND n.called_ms >= v.finished_ms AND n.called_ms <= r.pressed_ms AND n.counter = v.counter
            AND n.id <> v.id) THEN 1 ELSE 0 END) AS next_called,
        SUM(CASE WHEN r.counted AND x.id IS NULL THEN 1 ELSE 0 END) AS counted,
        SUM(CASE WHEN r.counted AND x.id IS NULL AND r.score = r.scale THEN 1 ELSE 0 END) AS top
    FROM ratings r JOIN visits v ON v.office = r.office AND v.day = r.day AND v.id = r.visit
    LEFT JOIN clerk_sessions s ON s.office = v.office AND s.day = v.day AND s.id = v.session
    LEFT JOIN excluded_presses x ON x.office = r.office AND x.day = r.day AND x.id = r.id AND x.stands
    WHERE r.office = :office AND r.day >= :first AND r.day <= :last GROUP BY v.counter, s.person""")  # noqa: S608
OF_REASONS = sql("""
    SELECT COALESCE(e.code, r.reason, '') AS why, COUNT(*) AS n FROM ratings r
    LEFT JOIN excluded_presses x ON x.office = r.office AND x.day = r.day AND x.id = r.id AND x.stands
    LEFT JOIN rating_exclusions e ON e.office = x.office AND e.day = x.day AND e.id = x.exclusion
    WHERE r.office = :office AND r.day >= :first AND r.day <= :last GROUP BY COALESCE(e.code, r.reason, '')""")
PRESSES = sql(f"""
    SELECT r.id, r.visit, r.score, r.scale, r.scale_version FROM ratings r
    WHERE r.office = :office AND r.day >= :first AND r.day <= :last AND NOT {ON_PAGE}
    ORDER BY r.pressed_ms, r.id""")  # noqa: S608
FAULTS = sql("""
    SELECT e.device, e.body, e.happened_ms FROM assignments a JOIN events e ON e.device = a.device
        AND e.happened_ms >= a.from_ms AND (a.to_ms IS NULL OR e.happened_ms < a.to_ms)
    WHERE a.office = :office AND e.happened_ms >= :since_ms AND e.kind = 'fault' AND e.reason IS NULL
    ORDER BY e.happened_ms DESC, e.device, e.seq""")
NAMES = sql("SELECT id, shown_as, name FROM users")


@dataclass(frozen=True)
class KeyFault:
    """What a device said of one of its keys."""

    device: str
    part: str
    reason: str
    happened_ms: int


def tallies(connection: Connection, office: str, first: str, last: str) -> tuple[list[Tally], list[Tally]]:
    """Of these days, both included: by counter, and by clerk (the number of the person) where one was signed in."""
    days = {"office": office, "first": first, "last": last}
    counters: dict[str, dict[str, int]] = {}
    clerks: dict[str, dict[str, int]] = {}
    for row in [*every(connection, OF_VISITS, **days), *every(connection, OF_PRESSES, **days)]:
        parts = dict(row._mapping)
        counter, person = parts.pop("counter"), parts.pop("person")
        for who, known in ((counter, counters), (None if person is None else str(person), clerks)):
            if who is not None:
                sums = known.setdefault(who, {})
                for name, n in parts.items():
                    sums[name] = sums.get(name, 0) + int(n)
    return as_tallies(counters), as_tallies(clerks)


def as_tallies(sums: dict[str, dict[str, int]]) -> list[Tally]:
    """Sums as values, in the order of their names."""
    return [Tally(who, **parts) for who, parts in sorted(sums.items())]


def reasons(connection: Connection, office: str, first: str, last: str) -> dict[str, int]:
    """How many presses there were by why they do not count; those that do under ''."""
    return {row.why: row.n for row in every(connection, OF_REASONS, office=office, first=first, last=last)}


def presses(connection: Connection, office: str, first: str, last: str) -> tuple[Sequence[Leveled], dict[str, int]]:
    """All presses on buttons in the order of time, and how many of each device belong to no visit."""
    found = []
    orphans: dict[str, int] = {}
    for row in every(connection, PRESSES, office=office, first=first, last=last):
        device = row.id.split("/")[0]
        found.append(Leveled(device, row.score, row.scale, row.scale_version))
        orphans[device] = orphans.get(device, 0) + (row.visit is None)
    return found, orphans


def key_faults(connection: Connection, office: str, since_ms: int) -> list[KeyFault]:
    """What devices at this office said of their keys since then, the newest first."""
    rows = every(connection, FAULTS, office=office, since_ms=since_ms)
    told = [(row, json.loads(row.body)) for row in rows]
    return [
        KeyFault(row.device, body["part"], body["reason"], row.happened_ms)
        for row, body in told
        if body["part"].startswith("key ")
    ]


def people(connection: Connection) -> dict[str, str]:
    """How people are shown, by their number as a text."""
    return {str(row.id): row.shown_as or row.name for row in every(connection, NAMES)}
