"""Networks that devices are being given."""

from sqlmodel import Field, SQLModel

from fleet.store.tables import ms


class NetworkChange(SQLModel, table=True):
    """The last change of a device's network. `parts`: what changes, sealed under the fleet's own key; None: it is over.

    `what` says it without a secret. `batch` and `office`: whom it was asked with. `reason`: why it went back.
    """

    __tablename__ = "network_changes"

    device: str = Field(primary_key=True, foreign_key="devices.id", max_length=32)
    version: int = ms()
    batch: str = Field(max_length=32, index=True)
    office: str = Field(max_length=32)
    step: str = Field(max_length=16, index=True)
    what: str
    parts: str | None = None
    by: str
    made_ms: int = ms()
    step_ms: int = ms()
    told_ms: int | None = ms(default=None)
    reason: str = ""
