"""The log of everything that changes something. Rows are added, never changed; only the oldest are ever taken away."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Index
from sqlmodel import Field, SQLModel

from fleet.store.tables import ms


class AuditEntry(SQLModel, table=True):
    """An entry; `fleet.domain.audit.Entry` says what its columns are."""

    __tablename__ = "audit"
    __table_args__ = (
        Index("audit_of_things", "what", "thing", "number"),
        Index("audit_of_offices", "office", "number"),
        Index("audit_of_people", "who", "number"),
    )

    number: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    at_ms: int = ms()
    who: str = Field(max_length=80)
    name: str = Field(max_length=80)
    how: str = Field(max_length=16)
    address: str = Field(max_length=64)
    what: str = Field(max_length=32)
    thing: str = Field(max_length=160)
    office: str | None = Field(default=None, max_length=64)
    was: str
    became: str
    before_hash: str = Field(max_length=64)
    hash: str = Field(max_length=64)


class AuditHead(SQLModel, table=True):
    """The last entry. Its one row is what writers of entries wait for, one behind the other."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="one_head"),)

    id: int = Field(primary_key=True)
    number: int = Field(sa_type=BigInteger)
    hash: str = Field(max_length=64)
