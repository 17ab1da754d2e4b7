"""Presses that are excluded from scores: what they are judged by, and the verdict."""

import json
from dataclasses import dataclass

from sqlalchemy import Connection

from fleet.domain.bursts import Pressed
from fleet.domain.rating_integrity import Exclusion, Review
from fleet.domain.ways import SERVERS
from fleet.store.rows import every, one, run, run_each, sql
from protocols.events import RatingsReviewed, decode_event
from protocols.identity import event_id

TO_EXAMINE = sql("""
    SELECT w.office, w.day FROM windows w LEFT JOIN examinations e ON e.office = w.office AND e.day = w.day
    WHERE w.linked > 0 AND (e.linked IS NULL OR e.linked <> w.linked OR e.rules <> :rules) ORDER BY w.day DESC, w.office
    """)
# It takes the row's lock, so that two who examine a day do it one after the other.
EXAMINED = sql("""
    INSERT INTO examinations (office, day, linked, rules)
    VALUES (:office, :day, COALESCE((SELECT linked FROM windows WHERE office = :office AND day = :day), 0), :rules)
    ON CONFLICT (office, day) DO UPDATE SET linked = excluded.linked, rules = excluded.rules""")
# On the page of a ticket only its holder presses, so many at once are no burst of one.
PRESSES = sql(f"""
    SELECT id, counter, pressed_ms FROM ratings
    WHERE office = :office AND day = :day AND id NOT LIKE '{SERVERS}%'""")  # noqa: S608
OPEN = sql("""
    SELECT MIN(called_ms) AS first_ms, MAX(COALESCE(finished_ms, called_ms)) AS last_ms FROM visits
    WHERE office = :office AND day = :day""")
REVIEWS = sql("""
    SELECT device, epoch, boot, seq, body, happened_ms FROM events
    WHERE office = :office AND kind = 'review' AND happened_ms >= :since_ms AND reason IS NULL""")
COLUMNS = """office, day, id, code, device, counter, from_ms, to_ms, presses, usual_per_minute, chance, decision, why,
    decided_by, decided_ms"""
EXCLUSIONS = sql(f"""
    SELECT {COLUMNS} FROM rating_exclusions
    WHERE office = :office AND day >= :first AND day <= :last ORDER BY from_ms DESC, id""")  # noqa: S608
EXCLUDED = sql("SELECT id, exclusion, stands FROM excluded_presses WHERE office = :office AND day = :day")
DROP = (
    sql("DELETE FROM rating_exclusions WHERE office = :office AND day = :day"),
    sql("DELETE FROM excluded_presses WHERE office = :office AND day = :day"),
)
ADD_EXCLUSION = sql(f"""
    INSERT INTO rating_exclusions ({COLUMNS})
    VALUES ({", ".join(f":{name.strip()}" for name in COLUMNS.split(","))})""")  # noqa: S608
ADD_PRESS = sql("""
    INSERT INTO excluded_presses (office, day, id, exclusion, stands) VALUES (:office, :day, :id, :exclusion, :stands)
    """)


@dataclass(frozen=True)
class ExclusionRow:
    """An exclusion for a list: how many presses of which device, and when; never what they said."""

    office: str
    day: str
    id: str
    code: str
    device: str
    counter: str | None
    from_ms: int
    to_ms: int
    presses: int
    usual_per_minute: float
    chance: float
    decision: str = ""
    why: str = ""
    decided_by: str = ""
    decided_ms: int | None = None


def to_examine(connection: Connection, rules: int) -> list[tuple[str, str]]:
    """The (office, day) that were linked since they were examined, or under other rules; the newest day first."""
    return [(row.office, row.day) for row in every(connection, TO_EXAMINE, rules=rules)]


def examined(connection: Connection, office: str, day: str, rules: int) -> None:
    """The day is examined as it is linked now, when this transaction ends."""
    run(connection, EXAMINED, office=office, day=day, rules=rules)


def pressed(connection: Connection, office: str, day: str) -> list[Pressed]:
    """All presses of a day on buttons."""
    rows = every(connection, PRESSES, office=office, day=day)
    return [Pressed(row.id, row.id.split("/")[0], row.counter, row.pressed_ms) for row in rows]


def open_ms(connection: Connection, office: str, day: str) -> int:
    """For how long people were served on a day, from the first call to the last end."""
    row = one(connection, OPEN, office=office, day=day)
    return 0 if row is None or row.first_ms is None else int(row.last_ms - row.first_ms)


def reviews(connection: Connection, office: str, day: str, since_ms: int) -> list[Review]:
    """What was decided of a day's exclusions, since the day began."""
    found = []
    for row in every(connection, REVIEWS, office=office, since_ms=since_ms):
        event = decode_event(json.loads(row.body))
        if isinstance(event, RatingsReviewed) and event.day == day:
            identity = event_id(row.device, row.epoch, row.boot, row.seq)
            found.append(Review(identity, event.press, event.decision, event.why, event.by, row.happened_ms))
    return found


def save(connection: Connection, office: str, day: str, found: list[Exclusion]) -> bool:
    """Make the tables say this of a day; whether that changed anything."""
    rows = [row_of(office, day, one) for one in found]
    presses = sorted((press, one.id, one.stands) for one in found for press in one.burst.presses)
    known = sorted(
        (row.id, row.exclusion, bool(row.stands)) for row in every(connection, EXCLUDED, office=office, day=day)
    )
    if known == presses and sorted(of_days(connection, office, day, day), key=by_id) == sorted(rows, key=by_id):
        return False
    for statement in DROP:
        run(connection, statement, office=office, day=day)
    run_each(connection, ADD_EXCLUSION, [vars(row) for row in rows])
    run_each(
        connection,
        ADD_PRESS,
        [{"office": office, "day": day, "id": id_, "exclusion": of, "stands": stands} for id_, of, stands in presses],
    )
    return True


def of_days(connection: Connection, office: str, first: str, last: str) -> list[ExclusionRow]:
    """The exclusions of these days, both included, the newest first."""
    return [ExclusionRow(*row) for row in every(connection, EXCLUSIONS, office=office, first=first, last=last)]


def by_id(row: ExclusionRow) -> str:
    """Its first press."""
    return row.id


def row_of(office: str, day: str, one: Exclusion) -> ExclusionRow:
    """An exclusion as a row."""
    row = ExclusionRow(
        office=office,
        day=day,
        id=one.id,
        code=one.code,
        device=one.burst.device,
        counter=one.burst.counter,
        from_ms=one.burst.from_ms,
        to_ms=one.burst.to_ms,
        presses=len(one.burst.presses),
        usual_per_minute=one.burst.usual_per_minute,
        chance=one.burst.chance,
    )
    if one.review is None:
        return row
    decided = {"decision": one.review.decision, "why": one.review.why, "decided_by": one.review.by}
    return ExclusionRow(**{**vars(row), **decided, "decided_ms": one.review.at_ms})
