"""The lines of a day: which events were touched, where each event is placed, and checkpoints between them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from fleet.store.given import Given, Kept
from fleet.store.inbox import Life, StoredEvent
from fleet.store.straight import every, one, run, run_each, straight

TOUCHED = straight("SELECT id, device, epoch, boot, first, last FROM touched WHERE office = :office AND day = :day")
FORGET = straight("DELETE FROM touched WHERE id IN :ids")
HERE = "p.office = :office AND p.day = :day"
SAME_LIFE = "p.device = given.device AND p.epoch = given.epoch AND p.boot = given.boot"
LIFE = {"device": "text", "epoch": "bigint", "boot": "bigint"}
OF_STRETCHES = Given(
    f"""SELECT p.device, p.epoch, p.boot, p.seq, p.line, p.order_ms, p.estimated, p.counter
    FROM {{given}} {{join}} placements p ON {HERE} AND {SAME_LIFE} AND p.seq BETWEEN given.first AND given.last""",  # noqa: S608
    **LIFE,
    first="bigint",
    last="bigint",
)
AROUND = Given(
    f"""SELECT given.device, given.epoch, given.boot,
        (SELECT p.order_ms FROM placements p WHERE {HERE} AND {SAME_LIFE} AND p.seq < given.first
            ORDER BY p.seq DESC LIMIT 1) AS before_ms,
        (SELECT MAX(p.seq) FROM placements p WHERE {HERE} AND {SAME_LIFE}) AS newest FROM {{given}}""",  # noqa: S608
    **LIFE,
    first="bigint",
)
AFTER = straight(f"""
    SELECT p.device, p.epoch, p.boot, p.seq, p.line, p.order_ms, p.estimated, p.counter, e.happened_ms
    FROM placements p JOIN events e ON e.device = p.device AND e.epoch = p.epoch AND e.boot = p.boot AND e.seq = p.seq
    WHERE {HERE} AND p.device = :device AND p.epoch = :epoch AND p.boot = :boot
        AND p.seq > :last ORDER BY p.seq LIMIT :most""")  # noqa: S608
PLACE = Kept(
    "placements",
    6,
    office="text",
    day="text",
    device="text",
    epoch="bigint",
    boot="bigint",
    seq="bigint",
    line="text",
    order_ms="bigint",
    estimated="boolean",
    counter="text",
)
UNPLACE = straight("""
    DELETE FROM placements WHERE office = :office AND day = :day AND device = :device AND epoch = :epoch
        AND boot = :boot AND seq = :seq""")
COUNT = straight(
    "SELECT COUNT(*) AS n FROM (SELECT 1 FROM placements WHERE office = :office AND day = :day LIMIT :most) p"
)
EVENTS = """SELECT p.line, p.device, p.epoch, p.boot, p.seq, e.body, p.order_ms, p.estimated, p.counter
    FROM placements p JOIN events e ON e.device = p.device AND e.epoch = p.epoch AND e.boot = p.boot AND e.seq = p.seq
    WHERE p.office = :office AND p.day = :day"""
ON_LINES = straight(f"{EVENTS} AND p.line IN :lines")
BETWEEN = Given(
    f"""SELECT p.line, p.device, p.epoch, p.boot, p.seq, e.body, p.order_ms, p.estimated, p.counter
    FROM {{given}} {{join}} placements p ON {HERE} AND p.line = given.line
        AND p.order_ms BETWEEN given.first_ms AND given.last_ms
    {{join}} events e ON e.device = p.device AND e.epoch = p.epoch AND e.boot = p.boot AND e.seq = p.seq""",  # noqa: S608
    line="text",
    first_ms="bigint",
    last_ms="bigint",
)
NEXT = straight(f"{EVENTS} AND p.line = :line AND p.order_ms > :after_ms ORDER BY p.order_ms LIMIT :most")
CHECKPOINT = straight("""
    SELECT after_ms, state FROM checkpoints WHERE office = :office AND day = :day AND line = :line
        AND after_ms < :before_ms ORDER BY after_ms DESC LIMIT 1""")
CHECKPOINTS = straight("""
    SELECT after_ms, state FROM checkpoints WHERE office = :office AND day = :day AND line = :line
        AND after_ms > :after_ms AND after_ms <= :upto_ms""")
SAVE_CHECKPOINT = straight("""
    INSERT INTO checkpoints (office, day, line, after_ms, state) VALUES (:office, :day, :line, :after_ms, :state)
    ON CONFLICT (office, day, line, after_ms) DO UPDATE SET state = excluded.state""")
DROP_CHECKPOINT = straight("""
    DELETE FROM checkpoints WHERE office = :office AND day = :day AND line = :line AND after_ms = :after_ms""")
DROP_CHECKPOINTS = straight("DELETE FROM checkpoints WHERE office = :office AND day = :day")
DROP_PLACEMENTS = straight("DELETE FROM placements WHERE office = :office AND day = :day")


@dataclass(frozen=True, order=True)
class Stretch:
    """Events of a boot from one number to another."""

    life: Life
    first: int
    last: int


@dataclass(frozen=True)
class Placed:
    """An event's place in its day."""

    life: Life
    seq: int
    line: str
    order_ms: int
    estimated: bool
    counter: str | None


class Lines:
    """The lines of one office's day, in the caller's transaction."""

    def __init__(self, connection: Connection, office: str, day: str) -> None:
        self.connection = connection
        self.its = {"office": office, "day": day}

    def touched(self) -> tuple[list[int], list[Stretch], bool]:
        """What was touched: the rows' ids, the stretches, and whether the whole day was."""
        rows = every(self.connection, TOUCHED, **self.its)
        stretches = [Stretch(Life(row.device, row.epoch, row.boot), row.first, row.last) for row in rows if row.device]
        return [row.id for row in rows], stretches, len(stretches) < len(rows)

    def forget_touched(self, ids: Sequence[int]) -> None:
        """These rows are linked."""
        if ids:
            run(self.connection, FORGET, ids=list(ids))

    def holds(self, events: int) -> bool:
        """Whether at least so many events are placed."""
        row = one(self.connection, COUNT, **self.its, most=events)
        return int(row.n) >= events

    def of_stretches(self, stretches: Iterable[Stretch]) -> dict[Life, dict[int, Placed]]:
        """The events of these stretches that are placed, by their boot and number."""
        found: dict[Life, dict[int, Placed]] = {one.life: {} for one in stretches}
        given = [(*one.life, one.first, one.last) for one in stretches]
        for row in OF_STRETCHES.every(self.connection, given, **self.its):
            one = placed_in(row)
            found[one.life][one.seq] = one
        return found

    def around(self, stretches: Iterable[Stretch]) -> dict[Life, tuple[int | None, int]]:
        """By boot, of which there is one stretch each: the moment before it, and the last number that is placed."""
        given = [(*one.life, one.first) for one in stretches]
        return {
            Life(*row[:3]): (row.before_ms, -1 if row.newest is None else row.newest)
            for row in AROUND.every(self.connection, given, **self.its)
        }

    def following(self, life: Life, seq: int, most: int) -> list[tuple[Placed, int]]:
        """The next events of a boot after this number, each with when it happened by itself."""
        rows = every(self.connection, AFTER, **self.its, **life.values(), last=seq, most=most)
        return [(placed_in(row), row.happened_ms) for row in rows]

    def place(self, placed: Iterable[Placed]) -> None:
        """Put events where they belong."""
        office, day = self.its.values()
        rows = [(office, day, *one.life, one.seq, one.line, one.order_ms, one.estimated, one.counter) for one in placed]
        PLACE.put(self.connection, rows)

    def unplace(self, placed: Iterable[Placed]) -> None:
        """Take events out of the day."""
        run_each(self.connection, UNPLACE, [{**self.its, **one.life.values(), "seq": one.seq} for one in placed])

    def on(self, lines: Iterable[str]) -> dict[str, list[StoredEvent]]:
        """All events of these lines, each line in no order."""
        wanted = sorted(set(lines))
        found: dict[str, list[StoredEvent]] = {line: [] for line in wanted}
        if wanted:
            for row in every(self.connection, ON_LINES, **self.its, lines=wanted):
                found[row[0]].append(event_in(row))
        return found

    def between(self, line: str, first_ms: int, last_ms: int) -> list[StoredEvent]:
        """The events of a line from one moment to another, in no order."""
        return self.within([(line, first_ms, last_ms)])

    def within(self, stretches: Iterable[tuple[str, int, int]]) -> list[StoredEvent]:
        """The events of each of these lines from one moment to another, in no order; some may be there twice."""
        return [event_in(row) for row in BETWEEN.every(self.connection, sorted(set(stretches)), **self.its)]

    def after(self, line: str, after_ms: int, most: int) -> tuple[list[StoredEvent], bool]:
        """The next events of a line after a moment, no moment parted, and whether these are all."""
        while True:
            rows = every(self.connection, NEXT, **self.its, line=line, after_ms=after_ms, most=most)
            if len(rows) < most:
                return [event_in(row) for row in rows], True
            whole = [event_in(row) for row in rows if row.order_ms < rows[-1].order_ms]
            if whole:
                return whole, False
            most *= 2

    def checkpoint(self, line: str, before_ms: int) -> tuple[int, str] | None:
        """The last state (and its moment) of a line that is known before a moment."""
        row = one(self.connection, CHECKPOINT, **self.its, line=line, before_ms=before_ms)
        return None if row is None else (row.after_ms, row.state)

    def checkpoints(self, line: str, after_ms: int, upto_ms: int) -> dict[int, str]:
        """The states of a line that are known after a moment, up to another one."""
        rows = every(self.connection, CHECKPOINTS, **self.its, line=line, after_ms=after_ms, upto_ms=upto_ms)
        return {row.after_ms: row.state for row in rows}

    def save_checkpoints(self, line: str, states: Mapping[int, str]) -> None:
        """Keep states of a line."""
        rows = [{**self.its, "line": line, "after_ms": ms, "state": state} for ms, state in states.items()]
        run_each(self.connection, SAVE_CHECKPOINT, rows)

    def drop_checkpoints(self, line: str, moments: Iterable[int]) -> None:
        """States of a line that hold no more."""
        run_each(self.connection, DROP_CHECKPOINT, [{**self.its, "line": line, "after_ms": ms} for ms in moments])

    def clear(self) -> None:
        """Forget all places and checkpoints of the day."""
        run(self.connection, DROP_CHECKPOINTS, **self.its)
        run(self.connection, DROP_PLACEMENTS, **self.its)


def placed_in(row: Sequence[object]) -> Placed:
    """A row of placements as a value."""
    device, epoch, boot, seq, line, order_ms, estimated, counter = row[:8]
    life = Life(device, epoch, boot)  # type: ignore[arg-type]
    return Placed(life, seq, line, order_ms, bool(estimated), counter)  # type: ignore[arg-type]


def event_in(row: Sequence[object]) -> StoredEvent:
    """A row of EVENTS as a value."""
    _, device, epoch, boot, seq, body, order_ms, estimated, counter = row
    life = Life(device, epoch, boot)  # type: ignore[arg-type]
    return StoredEvent(life, seq, body, order_ms, bool(estimated), counter)  # type: ignore[arg-type]
