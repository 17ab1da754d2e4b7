"""The certificates that the fleet lives by, as they were seen last."""

from sqlmodel import Field, SQLModel

from fleet.store.tables import ms


class CertificateRow(SQLModel, table=True):
    """Of each use one: until when it holds, why it could not be seen, and how many days ahead people were told."""

    __tablename__ = "certificates"

    use: str = Field(primary_key=True, max_length=16)
    name: str
    ends_ms: int | None = ms(default=None)
    seen_ms: int = ms()
    trouble: str
    told_days: int | None = None
