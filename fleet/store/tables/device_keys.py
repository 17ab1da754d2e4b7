"""Keys of devices, and what happened to devices that should not have."""

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel

from fleet.store.tables import ms


class DeviceKey(SQLModel, table=True):
    """A device's key since `since_ms`, in this slot of its flash; sealed under the fleet's own key.

    `claim`: the claim whose secret it is, until the device has a key that nobody else ever saw. `next_…`: the key that
    it is being given in its other slot, since when; `told_ms`: when it was told of it last without asking, `kept_ms`:
    when it said that it keeps it, from when on the broker knows the new password. `hw`: its board. `nonces`: those of
    its last hellos, the latest last, behind a line with those of the last ones that asked for an epoch.
    """

    __tablename__ = "device_keys"

    device: str = Field(primary_key=True, foreign_key="devices.id", max_length=32)
    slot: str = Field(max_length=1)
    key: str
    since_ms: int = ms()
    claim: str | None = Field(default=None, max_length=32)
    next_slot: str | None = Field(default=None, max_length=1)
    next_key: str | None = None
    next_since_ms: int | None = Field(default=None, sa_type=BigInteger, index=True)
    told_ms: int | None = ms(default=None)
    kept_ms: int | None = ms(default=None)
    hw: str | None = Field(default=None, max_length=32)
    nonces: str = ""


class Incident(SQLModel, table=True):
    """Something of this kind happened at a device `n` times; `found` says what it was the last time."""

    __tablename__ = "incidents"

    device: str = Field(primary_key=True, foreign_key="devices.id", max_length=32)
    kind: str = Field(primary_key=True, max_length=32)
    first_ms: int = ms()
    last_ms: int = ms(index=True)
    n: int = 1
    found: str = ""
