"""Programs that call the API: their tokens, and what they were answered."""

from sqlmodel import Field, SQLModel

from fleet.store.tables import ms


class ApiToken(SQLModel, table=True):
    """The right of a program to call the API, known by the SHA-256 of its token; of a unit's offices or of all.

    It belongs to the account of a service, or to a person, with whom it goes.
    """

    __tablename__ = "api_tokens"

    id: str = Field(primary_key=True, max_length=16)
    name: str = Field(max_length=64)
    token_hash: str = Field(unique=True, max_length=64)
    scopes: str
    unit: str | None = Field(default=None, max_length=32)
    created_ms: int = ms()
    expires_ms: int | None = ms(default=None)
    revoked_ms: int | None = ms(default=None)
    used_ms: int | None = ms(default=None)
    service: str | None = Field(default=None, max_length=16)
    person: int | None = None


class ServiceAccount(SQLModel, table=True):
    """An owner of tokens with whom nobody signs in: a program stays when people leave; of a unit's offices or all."""

    __tablename__ = "service_accounts"

    id: str = Field(primary_key=True, max_length=16)
    name: str = Field(unique=True, max_length=64)
    about: str = ""
    unit: str | None = Field(default=None, max_length=32)
    created_ms: int = ms()
    ended_ms: int | None = ms(default=None)


class ApiAnswer(SQLModel, table=True):
    """What was done and answered under an Idempotency-Key, in the transaction that did it."""

    __tablename__ = "api_answers"

    token: str = Field(primary_key=True, max_length=16)
    key: str = Field(primary_key=True, max_length=255)
    request_hash: str = Field(max_length=64)
    status: int = 0
    body: str = ""
    headers: str = "{}"
    answered_ms: int = ms(index=True)
