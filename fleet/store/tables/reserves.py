"""The reserves of keypads: what each was told that it may call while it is cut off, and what it has confirmed."""

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from fleet.store.tables import ms


class Reserve(SQLModel, table=True):
    """A keypad's reserve. `said` is the number of the newest one, `told` of the last that went to the broker, and
    `confirmed` of the last of which the keypad said that it holds this one and no other.

    `asked_ms`: since when its word is awaited, if it is. `expires_ms`: until when the newest may be called from.
    """

    __tablename__ = "reserves"

    device: str = Field(primary_key=True, foreign_key="devices.id")
    office: str = Field(index=True)
    counter: str
    said: int
    told: int
    confirmed: int | None = None
    asked_ms: int = ms()
    expires_ms: int = ms()


class Reserved(SQLModel, table=True):
    """A number that may lie in a keypad's reserve: nobody else is given it before `until_ms`.

    `place` is its place in the newest reserve. `gone` is the number of the first reserve without it; when the keypad
    has confirmed that one, the row goes. `called_ms`: this keypad called it. `round`, `priority` and `since_ms` are
    those of the turn that this call is.
    """

    __tablename__ = "reserved"
    __table_args__ = (Index("reserved_of_device", "device", "service", "number"),)

    office: str = Field(primary_key=True)
    day: str = Field(primary_key=True, max_length=10)
    service: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    device: str
    counter: str
    round: int
    place: int
    gone: int | None = None
    until_ms: int = ms()
    called_ms: int | None = ms(default=None)
    priority: bool = False
    since_ms: int = ms(default=0)
