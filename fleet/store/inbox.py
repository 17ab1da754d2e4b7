"""The inbox: an event is inserted or was already there; what could not be read is kept with its reason."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection

from fleet.domain.coverage import Stretch
from fleet.domain.forgetting import has_holder
from fleet.domain.lines import KINDS
from fleet.domain.timing import Anchor, Readings
from fleet.store import devices, straight
from fleet.store.given import EachOf, Given, Kept, NewRows
from fleet.store.rows import every, one, run, run_each, sql

LIFE = {"device": "text", "epoch": "bigint", "boot": "bigint"}
SAME_LIFE = "o.device = given.device AND o.epoch = given.epoch AND o.boot = given.boot"
ADD_BOOTS = NewRows("boots", **LIFE, covered="text", first_seen_ms="bigint")
LOCK_BOOTS = Given(
    f"""SELECT o.device, o.epoch, o.boot, o.covered, o.offset_ms, o.anchor_sure, o.anchor_days,
        (SELECT b.offset_ms IS NULL FROM boots b WHERE b.device = o.device AND b.epoch = o.epoch AND b.boot > o.boot
            ORDER BY b.boot LIMIT 1) AS followed
    FROM {{given}} {{join}} boots o ON {SAME_LIFE}""",  # noqa: S608 (our own words)
    **LIFE,
)
SAVE_BOOT = sql("""
    UPDATE boots SET covered = :covered, offset_ms = :offset_ms, anchor_sure = :sure, anchor_days = :days
    WHERE device = :device AND epoch = :epoch AND boot = :boot""")
COVER = EachOf(
    "UPDATE boots SET covered = :covered WHERE device = :device AND epoch = :epoch AND boot = :boot",
    f"UPDATE boots o SET covered = given.covered FROM {{given}} WHERE {SAME_LIFE}",  # noqa: S608
    **LIFE,
    covered="text",
)
STORED = Given(
    f"""SELECT o.device, o.epoch, o.boot, o.seq, o.body
    FROM {{given}} {{join}} events o ON {SAME_LIFE} AND o.seq BETWEEN given.first AND given.last""",  # noqa: S608
    **LIFE,
    first="bigint",
    last="bigint",
)
ADD_EVENTS = NewRows(
    "events",
    **LIFE,
    seq="bigint",
    kind="text",
    body="text",
    reason="text",
    up_ms="bigint",
    at_ms="bigint",
    happened_ms="bigint",
    timing="text",
    office="text",
    counter="text",
    received_ms="bigint",
    with_holder="boolean",
)
ADD_COLLISION = sql("""
    INSERT INTO collisions (device, epoch, boot, seq, body, received_ms)
    SELECT :device, :epoch, :boot, :seq, :body, :received_ms WHERE NOT EXISTS (SELECT 1 FROM collisions
        WHERE device = :device AND epoch = :epoch AND boot = :boot AND seq = :seq AND body = :body)""")
ADD_UNREADABLE = sql("""
    INSERT INTO unreadable (topic, device, reason, raw, length, received_ms)
    VALUES (:topic, :device, :reason, :raw, :length, :received_ms)""")
DROP_OLD_UNREADABLE = sql("""
    DELETE FROM unreadable WHERE id <= (SELECT MAX(id) FROM unreadable) - :kept""")
READINGS = Given(
    f"""SELECT o.device, o.epoch, o.boot, o.offset_ms, o.first_up_ms, o.last_up_ms
    FROM {{given}} {{join}} anchors o ON {SAME_LIFE}""",  # noqa: S608 (our own words)
    **LIFE,
)
SAVE_READINGS = Kept("anchors", 4, **LIFE, cell="bigint", offset_ms="bigint", first_up_ms="bigint", last_up_ms="bigint")
# With a new anchor: what is not the device's own word, and what that word can no longer be.
TO_ANCHOR = sql("""
    SELECT seq, up_ms, at_ms, happened_ms FROM events
    WHERE device = :device AND epoch = :epoch AND boot = :boot AND up_ms IS NOT NULL
        AND (timing <> 'device' OR at_ms > up_ms + :latest_offset_ms OR at_ms < up_ms + :earliest_offset_ms)""")
SET_TIME = sql("""
    UPDATE events SET happened_ms = :happened_ms, timing = :timing
    WHERE device = :device AND epoch = :epoch AND boot = :boot AND seq = :seq""")
# The boots without an anchor around this one, as far as the next ones that have one on either side.
UNANCHORED = sql("""
    SELECT boot FROM boots WHERE device = :device AND epoch = :epoch AND offset_ms IS NULL
        AND boot > COALESCE((SELECT MAX(b.boot) FROM boots b WHERE b.device = :device AND b.epoch = :epoch
            AND b.boot < :boot AND b.offset_ms IS NOT NULL), -1)
        AND boot < COALESCE((SELECT MIN(b.boot) FROM boots b WHERE b.device = :device AND b.epoch = :epoch
            AND b.boot > :boot AND b.offset_ms IS NOT NULL), 9007199254740992)
    ORDER BY boot DESC""")
TO_ESTIMATE = sql("""
    SELECT seq, up_ms, at_ms, happened_ms FROM events
    WHERE device = :device AND epoch = :epoch AND boot = :boot AND up_ms IS NOT NULL""")
LAST_BEFORE = sql("""
    SELECT happened_ms AS ms FROM events
    WHERE device = :device AND epoch = :epoch AND boot < :boot AND timing IN ('device', 'anchor')
    ORDER BY boot DESC, seq DESC LIMIT 1""")
NEXT_ANCHORED = sql("""
    SELECT boot, offset_ms FROM boots
    WHERE device = :device AND epoch = :epoch AND boot > :boot AND offset_ms IS NOT NULL ORDER BY boot LIMIT 1""")
# A board's event belongs where the board stood; a server stands nowhere, so its events say where they belong.
FOUND = "e.device, e.epoch, e.boot, e.seq, e.body, e.happened_ms, e.timing = 'estimated' AS estimated"
LINKED = "e.kind IN ('" + "', '".join(KINDS) + "')"
READ = f"e.happened_ms >= :start_ms AND e.happened_ms < :end_ms AND e.reason IS NULL AND {LINKED}"
OF_BOARDS = f"""SELECT {FOUND}, a.counter FROM assignments a JOIN events e ON e.device = a.device
    AND e.happened_ms >= a.from_ms AND (a.to_ms IS NULL OR e.happened_ms < a.to_ms)
    WHERE a.office = :office AND {READ}"""  # noqa: S608 (our own words)
OF_SERVERS = f"SELECT {FOUND}, e.counter FROM events e WHERE e.office = :office AND {READ}"  # noqa: S608
EVENTS_OF_OFFICE = straight.straight(f"{OF_BOARDS} UNION ALL {OF_SERVERS}")
# Without the moments, which would have SQLite read all of the day.
EVENTS_OF_STRETCHES = Given(
    f"""SELECT {FOUND}, e.counter, e.office FROM {{given}} {{join}} events e ON e.device = given.device
        AND e.epoch = given.epoch AND e.boot = given.boot AND e.seq BETWEEN given.first AND given.last
    WHERE e.happened_ms IS NOT NULL AND e.reason IS NULL AND {LINKED}""",  # noqa: S608
    **LIFE,
    first="bigint",
    last="bigint",
)
SINCE = sql("""
    SELECT device, epoch, boot, seq, happened_ms FROM events WHERE device = :device AND happened_ms >= :since_ms""")
TICKETS_OF_HOLDER = sql("""
    SELECT e.body, e.happened_ms FROM assignments a JOIN events e ON e.device = a.device
        AND e.happened_ms >= a.from_ms AND (a.to_ms IS NULL OR e.happened_ms < a.to_ms)
    WHERE a.office = :office AND e.happened_ms >= :start_ms AND e.happened_ms < :end_ms AND e.with_holder
        AND e.kind = 'ticket' AND e.body LIKE :holder ORDER BY e.happened_ms""")
HERE = "SELECT a.device FROM assignments a WHERE a.office = :office AND a.to_ms IS NULL"
COUNT_UNREADABLE = sql(f"""
    SELECT (SELECT COUNT(*) FROM unreadable WHERE received_ms >= :since_ms AND device IN ({HERE}))
        + (SELECT COUNT(*) FROM events WHERE reason IS NOT NULL AND received_ms >= :since_ms AND device IN ({HERE}))
        + (SELECT COUNT(*) FROM collisions WHERE received_ms >= :since_ms AND device IN ({HERE})) AS n""")  # noqa: S608
COUNT_UNTIMED = sql(f"""
    SELECT COUNT(*) AS n FROM events
    WHERE happened_ms IS NULL AND reason IS NULL AND received_ms >= :since_ms AND device IN ({HERE})""")  # noqa: S608
LAST_UNREADABLE = sql("""
    SELECT topic, device, reason, raw, length, received_ms FROM unreadable ORDER BY id DESC LIMIT :most""")
COUNT_EVENTS = sql("SELECT COUNT(*) AS n FROM events")

RAW_KEPT_BYTES = 1024


class Life(NamedTuple):
    """One boot of one device under one epoch."""

    device: str
    epoch: int
    boot: int

    def values(self) -> dict[str, str | int]:
        """For a statement."""
        return {"device": self.device, "epoch": self.epoch, "boot": self.boot}

    @property
    def key(self) -> tuple[str, int, int]:
        """The same as plain values."""
        return self.device, self.epoch, self.boot


class Held(NamedTuple):
    """A boot that is ours until the transaction ends: what of it is covered, and its anchor.

    `has_unanchored_next`: the next boot that is known never told its uptime.
    """

    covered: list[Stretch]
    anchor: Anchor | None
    has_unanchored_next: bool


class EventRow(NamedTuple):
    """An event to store, in the order of its columns.

    `reason` is set where its body could not be read; `office` and `counter` by servers alone.
    """

    device: str
    epoch: int
    boot: int
    seq: int
    kind: str | None
    body: str
    reason: str | None
    up_ms: int | None
    at_ms: int | None
    happened_ms: int | None
    timing: str
    office: str | None = None
    counter: str | None = None


@dataclass(frozen=True)
class StoredEvent:
    """A readable event of an office: its body as JSON, and the counter where it happened."""

    life: Life
    seq: int
    body: str
    happened_ms: int
    estimated: bool
    counter: str | None


def lock_boot(connection: Connection, life: Life, now_ms: int) -> Held:
    """Hold this boot until the transaction ends.

    It is held by its device: when a boot without a clock happened is told by the boots around it.
    """
    devices.hold(connection, [life.device])
    return boots_of(connection, [life], now_ms)[life]


def boots_of(connection: Connection, lives: Iterable[Life], now_ms: int) -> dict[Life, Held]:
    """These boots, whose devices are held until the transaction ends."""
    given = [one.key for one in sorted(lives)]
    held = held_of(connection, given)
    unknown = [key for key in given if key not in held]
    if unknown:
        ADD_BOOTS.add(connection, [(*key, "[]", now_ms) for key in unknown])
        held = held_of(connection, given)
    return held


def held_of(connection: Connection, given: Sequence[tuple[str, int, int]]) -> dict[Life, Held]:
    """Those of these boots that are known."""
    return {
        Life(*row[:3]): Held(
            [(first, last) for first, last in msgspec.json.decode(row[3])], anchor_in(row), bool(row[7])
        )
        for row in LOCK_BOOTS.every(connection, given)
    }


def anchor_in(row: Any) -> Anchor | None:
    """The anchor of a row of boots."""
    return None if row.offset_ms is None else Anchor(row.offset_ms, bool(row.anchor_sure), row.anchor_days)


def save_boot(connection: Connection, life: Life, covered: Sequence[Stretch], anchor: Anchor | None) -> None:
    """Remember what of this boot is covered, and its anchor."""
    run(
        connection,
        SAVE_BOOT,
        **life.values(),
        covered=json.dumps(covered),
        offset_ms=None if anchor is None else anchor.offset_ms,
        sure=anchor is not None and anchor.sure,
        days=0 if anchor is None else anchor.days,
    )


def readings(connection: Connection, lives: Iterable[Life]) -> dict[Life, list[Readings]]:
    """What was read of the beginnings of these boots so far, at most one for each cell of a boot."""
    found: dict[Life, list[Readings]] = {}
    for row in READINGS.every(connection, [life.key for life in lives]):
        found.setdefault(Life(*row[:3]), []).append(Readings(*row[3:]))
    return found


def save_readings(connection: Connection, told: Mapping[Life, Readings]) -> None:
    """Keep the readings of a cell, of each of these boots."""
    SAVE_READINGS.put(connection, [(*life.key, one.cell, *vars(one).values()) for life, one in told.items()])


def save_covered(connection: Connection, covered: Mapping[Life, Sequence[Stretch]]) -> None:
    """Remember what of these boots is covered."""
    COVER.run(connection, [(*life, msgspec.json.encode(its).decode()) for life, its in covered.items()])


def stored(connection: Connection, life: Life, first: int, last: int) -> dict[int, str]:
    """The bodies that are stored of this stretch, by their number."""
    return stored_of(connection, {life: (first, last)}).get(life, {})


def stored_of(connection: Connection, stretches: Mapping[Life, Stretch]) -> dict[Life, dict[int, str]]:
    """The bodies that are stored of a stretch of each boot, by their number."""
    found: dict[Life, dict[int, str]] = {}
    for row in STORED.every(connection, [(*life.key, *stretch) for life, stretch in stretches.items()]):
        found.setdefault(Life(*row[:3]), {})[row.seq] = row.body
    return found


def add_events(connection: Connection, rows: Sequence[EventRow], received_ms: int) -> int:
    """Store these events, each once; how many were new."""
    return adding_events(connection, rows, received_ms)()


def adding_events(connection: Connection, rows: Sequence[EventRow], received_ms: int) -> Callable[[], int]:
    """The same; what says how many may be asked when the database has answered (`straight.in_one_go`)."""
    return ADD_EVENTS.adding(connection, [(*row, received_ms, has_holder(row.body)) for row in rows])


def add_collision(connection: Connection, life: Life, seq: int, body: str, received_ms: int) -> None:
    """Keep a second, different event of the same identity."""
    run(connection, ADD_COLLISION, **life.values(), seq=seq, body=body, received_ms=received_ms)


def keep_unreadable(
    connection: Connection, topic: str, device: str | None, reason: str, raw: bytes, received_ms: int, kept: int
) -> None:
    """Keep a message that is none, shortened; only the last `kept` of them stay."""
    run(
        connection,
        ADD_UNREADABLE,
        topic=topic[:200].replace("\0", "?"),
        device=device,
        reason=reason,
        raw=raw[:RAW_KEPT_BYTES],
        length=len(raw),
        received_ms=received_ms,
    )
    run(connection, DROP_OLD_UNREADABLE, kept=kept)


@dataclass(frozen=True)
class Timed:
    """What an event says of its time, and when it is thought to have happened so far."""

    seq: int
    up_ms: int
    at_ms: int | None
    happened_ms: int | None


def to_anchor(connection: Connection, life: Life, earliest_offset_ms: int, latest_offset_ms: int) -> list[Timed]:
    """The events of this boot whose time a new anchor may change; beyond these offsets a clock may be wrong."""
    bounds = {"earliest_offset_ms": earliest_offset_ms, "latest_offset_ms": latest_offset_ms}
    rows = every(connection, TO_ANCHOR, **life.values(), **bounds)
    return [Timed(*row) for row in rows]


def to_estimate(connection: Connection, life: Life) -> list[Timed]:
    """The events of a boot that has no anchor."""
    return [Timed(*row) for row in every(connection, TO_ESTIMATE, **life.values())]


def set_times(connection: Connection, life: Life, moments: Sequence[tuple[int, int, str]]) -> None:
    """(seq, happened, timing) of events of this boot."""
    run_each(
        connection,
        SET_TIME,
        [{**life.values(), "seq": seq, "happened_ms": at, "timing": timing} for seq, at, timing in moments],
    )


def unanchored(connection: Connection, life: Life) -> list[int]:
    """The boots around this one that never told their uptime, the last one first."""
    return [row.boot for row in every(connection, UNANCHORED, **life.values())]


def last_before(connection: Connection, life: Life) -> int | None:
    """The last moment of the boots before this one that is known, not estimated."""
    row = one(connection, LAST_BEFORE, **life.values())
    return None if row is None else row.ms


def next_anchored(connection: Connection, life: Life) -> tuple[int, int] | None:
    """(boot, when it began) of the next boot that has an anchor."""
    row = one(connection, NEXT_ANCHORED, **life.values())
    return None if row is None else (row.boot, row.offset_ms)


def events_of_office(connection: Connection, office: str, start_ms: int, end_ms: int) -> list[StoredEvent]:
    """What linking reads of this office in this time, by where the devices stood then."""
    values = {"office": office, "start_ms": start_ms, "end_ms": end_ms}
    return [event_in(row) for row in straight.every(connection, EVENTS_OF_OFFICE, **values)]


def events_of_stretches(
    connection: Connection, stretches: Iterable[tuple[Life, int, int]]
) -> list[tuple[StoredEvent, str | None]]:
    """What linking reads of stretches of boots, wherever; each event with its office if a server said it."""
    given = [(*life, first, last) for life, first, last in stretches]
    return [(event_in(row[:-1]), row[-1]) for row in EVENTS_OF_STRETCHES.every(connection, given)]


def event_in(row: Any) -> StoredEvent:
    """A row of LINKED as a value."""
    device, epoch, boot, seq, body, happened_ms, estimated, counter = row
    return StoredEvent(Life(device, epoch, boot), seq, body, happened_ms, bool(estimated), counter)


def since(connection: Connection, device: str, since_ms: int) -> list[tuple[Life, int, int]]:
    """The (boot, number, moment) of each event of a device that happened then or later."""
    rows = every(connection, SINCE, device=device, since_ms=since_ms)
    return [(Life(row.device, row.epoch, row.boot), row.seq, row.happened_ms) for row in rows]


def tickets_of_holder(
    connection: Connection, office: str, holder: str, start_ms: int, end_ms: int
) -> list[tuple[str, int, int]]:
    """The (service, number, when) that whoever has this hash took at an office in this time."""
    rows = every(
        connection, TICKETS_OF_HOLDER, office=office, holder=f'%"holder":"{holder}"%', start_ms=start_ms, end_ms=end_ms
    )
    taken = [(json.loads(row.body), row.happened_ms) for row in rows]
    return [(body["service"], body["number"], ms) for body, ms in taken if body.get("holder") == holder]


def count_unreadable(connection: Connection, office: str, since_ms: int) -> int:
    """How many messages and events of this office's devices could not be read since then, or stood in another's way."""
    row = one(connection, COUNT_UNREADABLE, office=office, since_ms=since_ms)
    return int(row.n) if row is not None else 0


def count_untimed(connection: Connection, office: str, since_ms: int) -> int:
    """How many events of this office's devices came since then of which nobody knows when they happened."""
    row = one(connection, COUNT_UNTIMED, office=office, since_ms=since_ms)
    return int(row.n) if row is not None else 0


def last_unreadable(connection: Connection, most: int) -> list[tuple[str, str | None, str, bytes, int, int]]:
    """(topic, device, reason, first bytes, length, received) of the last unreadable messages."""
    return [tuple(row) for row in every(connection, LAST_UNREADABLE, most=most)]


def count_events(connection: Connection) -> int:
    """How many events are stored."""
    row = one(connection, COUNT_EVENTS)
    return int(row.n) if row is not None else 0
