"""Calendars: the rules of units, and of everywhere."""

from sqlmodel import Field, SQLModel


class CalendarRule(SQLModel, table=True):
    """What a unit (`*`: all) does on some days: ISO dates, both among them; weekdays (1: Monday) with blanks."""

    __tablename__ = "calendar_rules"

    unit: str = Field(primary_key=True, max_length=32)
    position: int = Field(primary_key=True)
    kind: str = Field(max_length=16)
    first: str | None = Field(default=None, max_length=10)
    last: str | None = Field(default=None, max_length=10)
    weekdays: str = ""
    session: str = ""
    start_minute: int | None = None
    end_minute: int | None = None
    like_weekday: int | None = None
    note: str = ""
