"""Who people are to providers of identities, and which of their sessions began there."""

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from fleet.store.tables import ms


class Identity(SQLModel, table=True):
    """A subject of a provider is one person for good; a person has one subject of each provider."""

    __tablename__ = "identities"
    __table_args__ = (UniqueConstraint("person", "issuer", name="identities_of_a_person"),)

    issuer: str = Field(primary_key=True, max_length=255)
    subject: str = Field(primary_key=True, max_length=255)
    person: int = Field(foreign_key="users.id")
    created_ms: int = ms()
    seen_ms: int = ms()


class ProviderSession(SQLModel, table=True):
    """A session that began at a provider, so that it ends with the one there, whose name is `sid` (SHA-256).

    `id_token` is shown to the provider when the person signs out here. A session that is halfway, with a second step to
    go, is here under its token of then.
    """

    __tablename__ = "provider_sessions"
    __table_args__ = (Index("provider_sessions_of_a_subject", "issuer", "subject"),)

    token_hash: str = Field(primary_key=True, max_length=64)
    issuer: str = Field(max_length=255)
    subject: str = Field(max_length=255)
    sid: str | None = Field(default=None, max_length=64)
    id_token: str
