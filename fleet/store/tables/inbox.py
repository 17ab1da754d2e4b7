"""The inbox: events as they came, once each."""

from sqlalchemy import BigInteger, Index, text
from sqlmodel import Field, SQLModel

from fleet.store.tables import ms

UNREADABLE = text("reason IS NOT NULL")
OF_SERVERS = text("office IS NOT NULL")
OF_UPDATES = text("kind = 'update'")
WITH_HOLDER = text("with_holder")
WAITS = text("marked > linked")


class Event(SQLModel, table=True):
    """An event under its identity. `body` is its JSON with sorted keys; `reason` says why it could not be read.

    `happened_ms` is when it happened and `timing` how that is known: device, anchor, estimated, or unknown. `office`
    and `counter` are set where a server says where it belongs; a board's event belongs where the board stood.
    `with_holder`: its body names the hash of a holder, which goes with the key of its day.
    """

    __tablename__ = "events"
    __table_args__ = (
        Index("events_by_time", "device", "happened_ms"),
        Index("events_of_servers", "office", "happened_ms", sqlite_where=OF_SERVERS, postgresql_where=OF_SERVERS),
        Index("events_unreadable", "device", "received_ms", sqlite_where=UNREADABLE, postgresql_where=UNREADABLE),
        Index("events_of_updates", "device", "received_ms", sqlite_where=OF_UPDATES, postgresql_where=OF_UPDATES),
        Index("events_with_holder", "happened_ms", sqlite_where=WITH_HOLDER, postgresql_where=WITH_HOLDER),
    )

    device: str = Field(primary_key=True, max_length=32)
    epoch: int = Field(primary_key=True, sa_type=BigInteger)
    boot: int = Field(primary_key=True, sa_type=BigInteger)
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    kind: str | None = Field(default=None, max_length=32)
    body: str
    reason: str | None = None
    up_ms: int | None = ms(default=None)
    at_ms: int | None = ms(default=None)
    happened_ms: int | None = ms(default=None)
    timing: str = "unknown"
    office: str | None = None
    counter: str | None = None
    received_ms: int = ms()
    with_holder: bool = False


class Boot(SQLModel, table=True):
    """One life of a device: what of it is stored, and its anchor of time.

    `covered` is a JSON list of stretches `[first, last]` of which every held event is committed. `offset_ms` is when
    it began, as its readings tell; `anchor_sure` whether several do, over `anchor_days` of uptime.
    """

    __tablename__ = "boots"

    device: str = Field(primary_key=True, max_length=32)
    epoch: int = Field(primary_key=True, sa_type=BigInteger)
    boot: int = Field(primary_key=True, sa_type=BigInteger)
    covered: str = "[]"
    offset_ms: int | None = ms(default=None)
    anchor_sure: bool = False
    anchor_days: int = 0
    first_seen_ms: int = ms()


class Reading(SQLModel, table=True):
    """When a boot began, by messages that nearly agree: the least of them, and the first and last uptime they told."""

    __tablename__ = "anchors"

    device: str = Field(primary_key=True, max_length=32)
    epoch: int = Field(primary_key=True, sa_type=BigInteger)
    boot: int = Field(primary_key=True, sa_type=BigInteger)
    cell: int = Field(primary_key=True, sa_type=BigInteger)
    offset_ms: int = ms()
    first_up_ms: int = ms()
    last_up_ms: int = ms()


class Collision(SQLModel, table=True):
    """A second, different event under an identity that was taken: an alarm, never a loss. Each is kept once."""

    __tablename__ = "collisions"

    id: int | None = Field(default=None, primary_key=True)
    device: str = Field(index=True, max_length=32)
    epoch: int = ms()
    boot: int = ms()
    seq: int = ms()
    body: str
    received_ms: int = ms()


class Unreadable(SQLModel, table=True):
    """A message that is none, kept (shortened) with its reason for a person to look at."""

    __tablename__ = "unreadable"

    id: int | None = Field(default=None, primary_key=True)
    topic: str = Field(max_length=200)
    device: str | None = Field(default=None, max_length=32)
    reason: str
    raw: bytes
    length: int
    received_ms: int = ms(index=True)


class Window(SQLModel, table=True):
    """One office's day that has something to link: `marked` rises with each change, `linked` follows it.

    `waits` and `ratings`: by which rules its visits and ratings are in the sums; 0: they are not.
    """

    __tablename__ = "windows"
    __table_args__ = (
        # Who looks for work reads what waits, however many days offices have behind them.
        Index("windows_marked", "day", "office", sqlite_where=WAITS, postgresql_where=WAITS),
        Index("windows_by_rules", "rules"),
    )

    office: str = Field(primary_key=True, foreign_key="offices.id")
    day: str = Field(primary_key=True, max_length=10)
    marked: int = ms(default=0)
    linked: int = ms(default=0)
    rules: int = 0
    taken_until_ms: int = ms(default=0)
    waits: int = 0
    ratings: int = 0
