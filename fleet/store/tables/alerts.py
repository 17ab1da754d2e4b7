"""Alerts of offices, and what each office was last looked at for."""

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from fleet.store.tables import ms

OPEN = text("closed_ms IS NULL")


class AlertWatch(SQLModel, table=True):
    """From when on an office is alerted (`limits`, JSON), and the last look: when, and at what was linked of the day.

    `version` rises with every change that a person sees. Whoever looks writes only if nobody else has written since.
    """

    __tablename__ = "alert_watches"

    office: str = Field(primary_key=True, foreign_key="offices.id", max_length=32)
    limits: str = "{}"
    version: int = ms(default=0)
    looked_ms: int = ms(default=0)
    due_ms: int = ms(default=0)
    linked: int = ms(default=0)


class Alert(SQLModel, table=True):
    """An alert. `figures` as JSON; `settled`: it has closed, and everything was told.

    Of one cause and subject at an office one is open at most, whoever looks.
    """

    __tablename__ = "alerts"
    __table_args__ = (
        Index(
            "one_alert_is_open",
            "office",
            "cause",
            "subject",
            unique=True,
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        ),
        Index("alerts_of_day", "office", "day"),
        Index("alerts_unsettled", "office", "settled"),
    )

    id: int | None = Field(default=None, primary_key=True)
    office: str = Field(foreign_key="offices.id", max_length=32)
    day: str = Field(max_length=10)
    cause: str = Field(max_length=16)
    subject: str = Field(max_length=32)
    opened_ms: int = ms()
    figures: str = "{}"
    low_since_ms: int | None = ms(default=None)
    acknowledged_ms: int | None = ms(default=None)
    acknowledged_by: str = ""
    closed_ms: int | None = ms(default=None)
    told_ms: int | None = ms(default=None)
    times_told: int = 0
    told_acknowledged: bool = False
    told_closed: bool = False
    settled: bool = False
