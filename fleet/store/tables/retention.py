"""How far back what happened is still whole."""

from sqlmodel import Field, SQLModel

from fleet.store.tables import ms


class Horizon(SQLModel, table=True):
    """Of days that began before this moment something was deleted because its time was over."""

    __tablename__ = "horizons"

    kept: str = Field(primary_key=True, max_length=16)
    before_ms: int = ms()
    purged_ms: int = ms()
