"""When devices vanished everywhere at once."""

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from fleet.store.tables import ms


class FleetLossRow(SQLModel, table=True):
    """So many of all devices vanished within minutes. Of one that lasts `is_open` is 1, of all others null."""

    __tablename__ = "fleet_losses"
    __table_args__ = (Index("one_fleet_loss_is_open", "is_open", unique=True),)

    id: int | None = Field(default=None, primary_key=True)
    opened_ms: int = ms()
    closed_ms: int | None = ms(default=None)
    lost: int
    devices: int
    offices: int
    is_open: int | None = None
