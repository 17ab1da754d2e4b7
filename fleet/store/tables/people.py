"""People who sign in, their sessions, and their badges."""

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from fleet.store.tables import ms


class User(SQLModel, table=True):
    """A person with one role at one office (or, with no office, everywhere). `password` is an argon2id hash.

    `one_time_until_ms`: somebody else made the password; it opens nothing but the page that replaces it, until then.
    """

    __tablename__ = "users"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True, max_length=64)
    shown_as: str = ""
    password: str
    role: str = Field(max_length=16)
    office: str | None = Field(default=None, foreign_key="offices.id")
    language: str = "vi"
    disabled: bool = False
    created_ms: int = ms()
    failures: int = 0
    locked_until_ms: int = ms(default=0)
    one_time_until_ms: int | None = ms(default=None)
    signed_in_ms: int | None = ms(default=None)


class Session(SQLModel, table=True):
    """A signed-in browser, known by the SHA-256 of its cookie. `means` proved the person, lastly at `proved_ms`."""

    __tablename__ = "sessions"

    token_hash: str = Field(primary_key=True, max_length=64)
    user: int = Field(foreign_key="users.id", index=True)
    csrf: str
    created_ms: int = ms()
    expires_ms: int = ms()
    means: str = Field(default="password", sa_column_kwargs={"server_default": "password"})
    proved_ms: int = ms(default=0, sa_column_kwargs={"server_default": "0"})
    seen_ms: int = ms(default=0, sa_column_kwargs={"server_default": "0"})


class Badge(SQLModel, table=True):
    """A badge that signs a clerk in at the counters of an office. `number` is the clerk's, the same on every badge."""

    __tablename__ = "badges"
    __table_args__ = (Index("badges_of_office", "office", "person"),)

    id: int | None = Field(default=None, primary_key=True)
    office: str = Field(foreign_key="offices.id")
    person: int = Field(foreign_key="users.id")
    number: int
    hash: str = Field(unique=True, max_length=32)
    from_ms: int = ms()
    to_ms: int | None = ms(default=None)
