"""What people are told of their waits, what was promised, and what past days teach."""

from sqlmodel import Field, SQLModel

from fleet.store.tables import ms


class EstimateNow(SQLModel, table=True):
    """What an office tells now, as JSON; `version` is what was linked of its day then.

    One worker at a time makes it anew, when something was linked or `due_ms` has come.
    """

    __tablename__ = "estimates"

    office: str = Field(primary_key=True, foreign_key="offices.id")
    day: str = Field(default="", max_length=10)
    version: int = ms(default=0)
    made_ms: int = ms(default=0)
    due_ms: int = ms(default=0)
    taken_until_ms: int = ms(default=0)
    body: str = "{}"


class Promise(SQLModel, table=True):
    """What somebody was told when they took this number, in seconds: as it was played, and as it was told.

    `rivals` is what simple estimators would have said then, as JSON; `ahead` how many waited.
    """

    __tablename__ = "promises"

    office: str = Field(primary_key=True)
    day: str = Field(primary_key=True, max_length=10)
    service: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    told_ms: int = ms()
    ahead: int
    played_low_s: int
    played_middle_s: int
    played_high_s: int
    low_s: int
    middle_s: int
    high_s: int
    rivals: str = "{}"


class EstimateDay(SQLModel, table=True):
    """A day that is over: what it teaches, and how its promises came true, as JSON; made of what was linked then."""

    __tablename__ = "estimate_days"

    office: str = Field(primary_key=True)
    day: str = Field(primary_key=True, max_length=10)
    linked: int = ms()
    rules: int
    taught: str
    score: str
