"""When backups were made."""

from sqlmodel import Field, SQLModel

from fleet.store.tables import ms


class Backup(SQLModel, table=True):
    """A backup that was written, read again and found whole. `file` is its name without its folder."""

    __tablename__ = "backups"

    id: int | None = Field(default=None, primary_key=True)
    made_ms: int = ms(index=True)
    file: str
    bytes: int = ms()
    rows: int = ms()
