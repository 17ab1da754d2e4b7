"""The second step of signing in, of whom it is asked, who is between the two, and from where somebody guesses."""

from sqlalchemy import BigInteger, Column
from sqlmodel import Field, SQLModel

from fleet.store.tables import ms


class SecondStep(SQLModel, table=True):
    """A person's secret, sealed under the fleet's own key. `since_ms`: a code of it was shown, so it is asked for.

    `used_step` is the half minute of the last code that counted: none counts twice.
    """

    __tablename__ = "second_steps"

    person: int = Field(foreign_key="users.id", primary_key=True, sa_column_kwargs={"autoincrement": False})
    secret: str
    begun_ms: int = ms()
    since_ms: int | None = ms(default=None)
    used_step: int = Field(default=0, sa_column=Column("used_step", BigInteger, nullable=False))


class PaperCode(SQLModel, table=True):
    """A code on paper for the day the telephone is lost, known by its SHA-256; it is good once."""

    __tablename__ = "paper_codes"

    person: int = Field(foreign_key="users.id", primary_key=True, sa_column_kwargs={"autoincrement": False})
    hash: str = Field(primary_key=True, max_length=64)
    used_ms: int | None = ms(default=None)


class SecondStepRule(SQLModel, table=True):
    """Whoever has this role at this office ('*': anywhere) signs in by two steps."""

    __tablename__ = "second_step_rules"

    place: str = Field(primary_key=True, max_length=32)
    role: str = Field(primary_key=True, max_length=16)


class Halfway(SQLModel, table=True):
    """A browser whose first step was right, known by the SHA-256 of its cookie. It opens nothing yet."""

    __tablename__ = "halfway"

    token_hash: str = Field(primary_key=True, max_length=64)
    person: int = Field(foreign_key="users.id", index=True)
    means: str
    until_ms: int = ms()


class GuessingPlace(SQLModel, table=True):
    """An address from which sign-ins failed, and until when none is tried from there."""

    __tablename__ = "guessing_places"

    place: str = Field(primary_key=True, max_length=64)
    failures: int = 0
    since_ms: int = ms()
    locked_until_ms: int = ms(default=0)
