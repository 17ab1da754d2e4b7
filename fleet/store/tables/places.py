"""Offices, their counters and services."""

from sqlalchemy import false
from sqlmodel import Field, SQLModel

from fleet.store.tables import ms


class Office(SQLModel, table=True):
    """A place with counters. `generation` rises when the fleet was restored from a backup, at `restored_ms`.

    `queue` is how it orders its queue, as JSON.

    On its tickets stand `texts` (JSON: the words that are said in its own way), and a code that leads to `ticket_url`.
    `thanks`: what whoever has rated is given for it, if anything. `sign_in_required`: a counter calls nobody before a
    clerk has signed in there. `is_public`: everybody may see how it is doing. `kiosk`: by which ways its kiosk gives
    numbers, with commas between.
    """

    __tablename__ = "offices"

    id: str = Field(primary_key=True, max_length=32)
    name: str
    hotline: str
    timezone: str = "Asia/Ho_Chi_Minh"
    generation: int = 1
    restored_ms: int | None = ms(default=None)
    scan_opens_visit: bool = False
    simulated_pace: float | None = None
    valid_from_ms: int = ms(default=0)
    valid_to_ms: int | None = ms(default=None)
    ticket_url: str = ""
    texts: str = "{}"
    sign_in_required: bool = False
    queue: str = "{}"
    thanks: str = ""
    successor: str | None = Field(default=None, foreign_key="offices.id")
    is_public: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    kiosk: str = Field(default="paper,phone", max_length=32, sa_column_kwargs={"server_default": "paper,phone"})


class Counter(SQLModel, table=True):
    """Where a clerk serves. `closed_ms`: since then nobody works there any more."""

    __tablename__ = "counters"

    id: str = Field(primary_key=True, max_length=32)
    office: str = Field(foreign_key="offices.id", index=True)
    name: str
    position: int = 0
    closed_ms: int | None = ms(default=None)


class Service(SQLModel, table=True):
    """What a queue is for; its prefix stands before its numbers. `icon`: its picture, if staff chose one."""

    __tablename__ = "services"

    office: str = Field(primary_key=True, foreign_key="offices.id")
    id: str = Field(primary_key=True, max_length=32)
    name: str
    prefix: str = Field(max_length=2)
    position: int = 0
    target_wait_s: int = 900
    icon: str = Field(default="", max_length=32, sa_column_kwargs={"server_default": ""})


class PastRules(SQLModel, table=True):
    """How an office called until a moment, when somebody changed it. `queue` and `skills` as JSON."""

    __tablename__ = "past_rules"

    office: str = Field(primary_key=True, foreign_key="offices.id", max_length=32)
    until_ms: int = ms(primary_key=True)
    queue: str
    skills: str
    scan_opens_visit: bool


class DayEnd(SQLModel, table=True):
    """On this day numbers are given until then, because a person said so."""

    __tablename__ = "day_ends"

    office: str = Field(primary_key=True, foreign_key="offices.id", max_length=32)
    day: str = Field(primary_key=True, max_length=10)
    until_ms: int = ms()
    said_by: str
    said_ms: int = ms()


class CounterService(SQLModel, table=True):
    """A counter calls for this service; `helping`: only when nobody waits for one that it calls for first."""

    __tablename__ = "counter_services"

    counter: str = Field(primary_key=True, foreign_key="counters.id")
    service: str = Field(primary_key=True)
    helping: bool = False
