"""Which presses are excluded from scores; all of it can be made again from ratings, visits and reviews."""

from sqlmodel import Field, SQLModel

from fleet.store.tables import ms


class RatingExclusion(SQLModel, table=True):
    """Presses that were excluded together, under the first of them; `code` is why, and what was decided since."""

    __tablename__ = "rating_exclusions"

    office: str = Field(primary_key=True)
    day: str = Field(primary_key=True, max_length=10)
    id: str = Field(primary_key=True, max_length=84)
    code: str = Field(max_length=16)
    device: str = Field(max_length=32)
    counter: str | None = None
    from_ms: int = ms()
    to_ms: int = ms()
    presses: int
    usual_per_minute: float
    chance: float
    decision: str = Field(default="", max_length=16)
    why: str = ""
    decided_by: str = ""
    decided_ms: int | None = ms(default=None)


class ExcludedPress(SQLModel, table=True):
    """A press of an exclusion; it is kept out of scores while that `stands`."""

    __tablename__ = "excluded_presses"

    office: str = Field(primary_key=True)
    day: str = Field(primary_key=True, max_length=10)
    id: str = Field(primary_key=True, max_length=84)
    exclusion: str = Field(max_length=84)
    stands: bool = True


class Examination(SQLModel, table=True):
    """An office's day was examined as it was linked then, under these rules."""

    __tablename__ = "examinations"

    office: str = Field(primary_key=True)
    day: str = Field(primary_key=True, max_length=10)
    linked: int = ms()
    rules: int
