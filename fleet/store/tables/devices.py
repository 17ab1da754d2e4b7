"""Devices: who they are, where they stand, what they may do, and how they are."""

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from fleet.store.tables import ms


class Device(SQLModel, table=True):
    """One board, or one server process (`kind` server). `password` is the broker's hash, never the password.

    `presence` is online, sleeping, leaving or lost; `health` the last health message as JSON; `rescue` says why it runs
    without its roles. `reported` is the generation of its office under which it told the leases that it holds; `lost`
    the one under which it came without any memory of them. `printer`, `reader`, `rating` and `display`: what was said
    of just its printer, barcode reader, rating buttons and call display, as JSON; `own`: what of the rest of it. Fields
    that are not there it has from templates. `scale`: how many rating buttons it has, from wherever;
    `scale_version` rises when that changes. `reverted`: with which configuration it could not live,
    and why, as JSON. `config_due`: how often somebody changed what it shall be since told. `held`: the
    last configuration that it said it has, as JSON, in version `held_version`. `application`: what it said that it runs
    and could run, as JSON. `release_due`: how often it came to have another release since told (`release_told_ms`).
    """

    __tablename__ = "devices"

    id: str = Field(primary_key=True, max_length=32)
    kind: str = "board"
    roles: str = ""
    password: str = ""
    enrolled_ms: int = ms()
    revoked_ms: int | None = ms(default=None)
    epoch: int = 0
    boot: int | None = ms(default=None)
    nonce: str = ""
    board: str = ""
    firmware: str = ""
    reset_reason: str = ""
    config_reported: int | None = ms(default=None)
    presence: str = "never"
    presence_ms: int | None = ms(default=None)
    last_seen_ms: int | None = ms(default=None)
    health: str | None = None
    state_version: int = ms(default=0)
    config_version: int = ms(default=0)
    config: str = ""
    rescue: str | None = None
    reported: int = 0
    lost: int = 0
    printer: str = "{}"
    own: str = Field(default="{}", sa_column_kwargs={"server_default": "{}"})
    reader: str = "{}"
    rating: str = "{}"
    display: str = "{}"
    scale: int = 5
    scale_version: int = 1
    reverted: str | None = None
    config_due: int = Field(default=0, index=True)
    held: str | None = None
    held_version: int | None = ms(default=None)
    application: str | None = None
    release_due: int = Field(default=0, index=True, sa_column_kwargs={"server_default": "0"})
    release_told_ms: int | None = ms(default=None)


class Assignment(SQLModel, table=True):
    """A device stood at this office (and counter) from one moment to another. An event belongs where it happened."""

    __tablename__ = "assignments"

    id: int | None = Field(default=None, primary_key=True)
    device: str = Field(foreign_key="devices.id", index=True)
    office: str = Field(foreign_key="offices.id", index=True)
    counter: str | None = Field(default=None, foreign_key="counters.id")
    from_ms: int = ms()
    to_ms: int | None = ms(default=None)


class Lease(SQLModel, table=True):
    """The right of one printer to give numbers of one service on one day. Ranges of a service and day are disjoint.

    `next_told` is the next number of it as the printer told after a restore; of the fleet's own leases it always is.
    """

    __tablename__ = "leases"
    __table_args__ = (UniqueConstraint("office", "service", "day", "first", name="leases_are_disjoint"),)

    id: str = Field(primary_key=True, max_length=40)
    office: str = Field(foreign_key="offices.id")
    service: str
    day: str = Field(max_length=10)
    first: int
    last: int
    device: str = Field(foreign_key="devices.id", index=True)
    epoch: int
    generation: int
    secret: str
    since_ms: int = ms()
    expires_ms: int = ms()
    next_told: int | None = None
    revoked_ms: int | None = ms(default=None)
