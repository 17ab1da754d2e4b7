"""The tree of units in time. Offices and counters are leaves of it, under the ids of their own tables."""

from sqlalchemy import Index
from sqlmodel import Field, SQLModel


class Unit(SQLModel, table=True):
    """A unit as it was from one day (ISO; empty: since ever) up to, and not including, another. `codes` with blanks."""

    __tablename__ = "units"
    __table_args__ = (Index("units_below", "parent"),)

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
    __table_args__ = (Index("unit_heirs_back", "heir"),)

    unit: str = Field(primary_key=True, max_length=32)
    heir: str = Field(primary_key=True, max_length=32)
    position: int = 0
    share: int | None = None


class UnitCode(SQLModel, table=True):
    """The codes that a unit has or had, with the most general group first (`prefixes`), so that they are found."""

    __tablename__ = "unit_codes"

    code: str = Field(primary_key=True)
    unit: str = Field(primary_key=True, max_length=32)
