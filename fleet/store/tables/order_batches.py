"""Orders to many devices at once."""

from sqlmodel import Field, SQLModel

from fleet.store.tables import ms


class OrderBatch(SQLModel, table=True):
    """One order to many devices. `wanted` is JSON: what was asked for, to tell a repetition from another order."""

    __tablename__ = "order_batches"

    id: str = Field(primary_key=True, max_length=64)
    verb: str = Field(max_length=32)
    arguments: str = "{}"
    wanted: str = "{}"
    asked_by: str = ""
    asked_ms: int = ms(index=True)
    expires_ms: int = ms()


class OrderedDevice(SQLModel, table=True):
    """A device of such an order, at its place in the row. `ordered_ms`: when it had its turn; `reason`: why not."""

    __tablename__ = "ordered_devices"

    batch: str = Field(foreign_key="order_batches.id", primary_key=True, max_length=64)
    device: str = Field(foreign_key="devices.id", primary_key=True, max_length=32)
    position: int = 0
    ordered_ms: int | None = ms(default=None, index=True)
    command: str | None = Field(default=None, max_length=40)
    reason: str = ""
