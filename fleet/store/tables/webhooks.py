"""Programs that are told of what happens: where, and what each is yet to be told."""

from sqlalchemy import Index, UniqueConstraint, false
from sqlmodel import Field, SQLModel

from fleet.store.tables import ms


class WebhookEndpoint(SQLModel, table=True):
    """An address that is told of these `events` (words with spaces between), of one office or of all.

    While it is `paused` it is told nothing; what happens then it is not told later (`since_ms`).
    """

    __tablename__ = "webhook_endpoints"

    id: int | None = Field(default=None, primary_key=True)
    url: str = Field(max_length=500)
    secret: str
    events: str
    office: str | None = Field(default=None, foreign_key="offices.id")
    created_ms: int = ms()
    taken_until_ms: int = ms(default=0)
    paused: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    since_ms: int = ms(default=0, sa_column_kwargs={"server_default": "0"})


class WebhookDelivery(SQLModel, table=True):
    """Something that an address is told, once: `state` is waiting, done or dead; `said` what came of the last try."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        UniqueConstraint("endpoint", "kind", "subject", name="deliveries_are_told_once"),
        Index("deliveries_in_order", "endpoint", "state", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    endpoint: int = Field(foreign_key="webhook_endpoints.id", ondelete="CASCADE")
    kind: str = Field(max_length=32)
    subject: str = Field(max_length=160)
    body: str
    state: str = Field(default="waiting", max_length=8)
    attempts: int = 0
    next_ms: int = ms(default=0)
    said: str = ""
    tried_ms: int | None = ms(default=None)
