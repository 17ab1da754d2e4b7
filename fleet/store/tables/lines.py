"""What the linker remembers between two looks at a day, so that it reads again only what an event touches.

All of it can be made again from the events.
"""

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel

from fleet.store.tables import ms


class Touched(SQLModel, table=True):
    """Events `first` to `last` of a boot are new in this day, or their moments or places are others than before.

    Without a device, the whole day is to be linked anew.
    """

    __tablename__ = "touched"
    __table_args__ = (Index("touched_of_day", "office", "day"),)

    id: int | None = Field(default=None, primary_key=True)
    office: str
    day: str = Field(max_length=10)
    device: str = Field(default="", max_length=32)
    epoch: int = Field(default=0, sa_type=BigInteger)
    boot: int = Field(default=0, sa_type=BigInteger)
    first: int = Field(default=0, sa_type=BigInteger)
    last: int = Field(default=0, sa_type=BigInteger)


class Placement(SQLModel, table=True):
    """Where an event stands in its day: on which line, and at which moment of the day's one order."""

    __tablename__ = "placements"
    __table_args__ = (Index("placements_of_line", "office", "day", "line", "order_ms"),)

    office: str = Field(primary_key=True)
    day: str = Field(primary_key=True, max_length=10)
    device: str = Field(primary_key=True, max_length=32)
    epoch: int = Field(primary_key=True, sa_type=BigInteger)
    boot: int = Field(primary_key=True, sa_type=BigInteger)
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    line: str = Field(max_length=100)
    order_ms: int = ms()
    estimated: bool = False
    counter: str | None = None


class Checkpoint(SQLModel, table=True):
    """The state of a counter's line after a moment, as JSON."""

    __tablename__ = "checkpoints"

    office: str = Field(primary_key=True)
    day: str = Field(primary_key=True, max_length=10)
    line: str = Field(primary_key=True, max_length=100)
    after_ms: int = Field(primary_key=True, sa_type=BigInteger)
    state: str
