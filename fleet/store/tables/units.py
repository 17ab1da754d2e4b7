"""The tree of units in time. Offices and counters are leaves of it, under the ids of their own tables."""

from sqlmodel import Field, SQLModel


class Unit(SQLModel, table=True):
    """A unit as it was from one day (ISO; empty: since ever) up to, and not including, another. `codes` with blanks."""

    __tablename__ = "units"

    id: str = Field(primary_key=True, max_length=32)
    valid_from: str = Field(primary_key=True, max_length=10)
    valid_to: str | None = Field(default=None, max_length=10)
    kind: str = Field(max_length=16)
    name: str
    parent: str | None = Field(default=None, max_length=32)
    codes: str = ""
    organisation: str | None = Field(default=None, max_length=32)
    hotline: str = ""


class UnitHeir(SQLModel, table=True):
    """Who took over from a unit that ended; `share` in ten-thousandths, if anybody knows it."""

    __tablename__ = "unit_heirs"

    unit: str = Field(primary_key=True, max_length=32)
    heir: str = Field(primary_key=True, max_length=32)
    position: int = 0
    share: int | None = None
