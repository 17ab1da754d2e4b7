"""What is written by e-mail, until a week after it was sent or given up."""

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from fleet.store.tables import ms


class Mail(SQLModel, table=True):
    """A letter to an address: `state` is waiting, done or dead; `said` what came of the last try."""

    __tablename__ = "mails"
    __table_args__ = (
        UniqueConstraint("address", "key", name="mails_are_written_once"),
        Index("mails_that_wait", "state", "next_ms"),
    )

    id: int | None = Field(default=None, primary_key=True)
    about: str = Field(max_length=32)
    key: str = Field(max_length=160)
    address: str = Field(max_length=254)
    subject: str = Field(max_length=200)
    body: str
    made_ms: int = ms()
    until_ms: int = ms()
    state: str = Field(default="waiting", max_length=8)
    attempts: int = 0
    next_ms: int = ms(default=0)
    taken_until_ms: int = ms(default=0)
    said: str = ""
    tried_ms: int | None = ms(default=None)


class MailAttachment(SQLModel, table=True):
    """A file that comes with a letter; it goes when the letter was sent."""

    __tablename__ = "mail_attachments"

    mail: int = Field(primary_key=True, foreign_key="mails.id", ondelete="CASCADE")
    place: int = Field(primary_key=True)
    name: str = Field(max_length=120)
    media_type: str = Field(max_length=100)
    content: bytes
