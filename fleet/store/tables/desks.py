"""Counters at which a program acted: what it did last, and what their devices are yet to be told of it."""

from sqlmodel import Field, SQLModel

from fleet.store.tables import ms


class Desk(SQLModel, table=True):
    """What a program did last at a counter. The linker may not have seen it yet, and its keypad not heard.

    `state` is free, serving, parked or paused; `service` and `number` say who is served, or was; `visit` is the
    identity of the event that began the visit.
    """

    __tablename__ = "desks"

    counter: str = Field(primary_key=True, foreign_key="counters.id")
    office: str
    day: str = Field(max_length=10)
    state: str = Field(max_length=16)
    since_ms: int = ms()
    service: str | None = None
    number: int | None = None
    visit: str | None = Field(default=None, max_length=84)


class DeskNews(SQLModel, table=True):
    """Something that a program did at a counter, until its devices were told: JSON."""

    __tablename__ = "desk_news"

    id: int | None = Field(default=None, primary_key=True)
    office: str
    counter: str
    body: str
    happened_ms: int = ms()
