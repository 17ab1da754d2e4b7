"""How devices come to be known, and what was done to each of them since."""

from sqlmodel import Field, SQLModel

from fleet.store.tables import ms


class Claim(SQLModel, table=True):
    """The right to enrol one board as one device, who gave it and until when; where it shall stand. `hw` binds it.

    Its secret is the device's first key. `batch` names those that were made at once.
    """

    __tablename__ = "claims"

    id: str = Field(primary_key=True, max_length=9)
    device: str = Field(foreign_key="devices.id", index=True)
    office: str = Field(foreign_key="offices.id", index=True)
    counter: str | None = Field(default=None, foreign_key="counters.id")
    made_by: str = ""
    made_ms: int = ms(index=True)
    expires_ms: int = ms(index=True)
    hw: str | None = Field(default=None, max_length=32)
    used_ms: int | None = ms(default=None)
    used_hw: str | None = Field(default=None, max_length=32)
    withdrawn_ms: int | None = ms(default=None)
    batch: str = Field(default="", max_length=16)


class DeviceHistory(SQLModel, table=True):
    """Something was done with a device: by whom (empty: by itself), what, and what there is to say of it."""

    __tablename__ = "device_history"

    id: int | None = Field(default=None, primary_key=True)
    device: str = Field(foreign_key="devices.id", index=True)
    at_ms: int = ms()
    by: str = ""
    what: str = Field(max_length=32)
    found: str = ""
    why: str = ""


class DeviceMove(SQLModel, table=True):
    """A device shall stand at another office. It does when it starts there: with a boot after this one."""

    __tablename__ = "device_moves"

    device: str = Field(primary_key=True, foreign_key="devices.id", max_length=32)
    office: str = Field(foreign_key="offices.id")
    counter: str | None = Field(default=None, foreign_key="counters.id")
    by: str = ""
    asked_ms: int = ms()
    boot: int | None = ms(default=None)
