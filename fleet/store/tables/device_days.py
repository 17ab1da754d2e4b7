"""How devices were, day by day: changes of presence, and what is added up of them and of starts."""

from sqlmodel import Field, SQLModel

from fleet.store.tables import ms


class PresenceChange(SQLModel, table=True):
    """A device became online, sleeping, leaving or lost at this moment."""

    __tablename__ = "presence_changes"

    device: str = Field(primary_key=True, foreign_key="devices.id", max_length=32)
    at_ms: int = ms(primary_key=True)
    presence: str = Field(max_length=16)


class DeviceDay(SQLModel, table=True):
    """A device's day (of Việt Nam) under one firmware, added up when it is over; made again when something comes late.

    `reasons`: how often it started why, as JSON. The other columns are those of `fleet.domain.device_days.DaySum`.
    """

    __tablename__ = "device_days"

    device: str = Field(primary_key=True, foreign_key="devices.id", max_length=32)
    day: str = Field(primary_key=True, max_length=10, index=True)
    firmware: str = Field(primary_key=True)
    board: str = ""
    connected_ms: int = ms()
    expected_ms: int = ms()
    asleep_ms: int = ms()
    hours: int
    crash_free: int
    planned: int
    switched_on: int
    cuts: int
    crashes: int
    reasons: str = "[]"


class DeviceFold(SQLModel, table=True):
    """How far the days of a device are added up: `next_day` is the first that is not, or is to be again."""

    __tablename__ = "device_folds"

    device: str = Field(primary_key=True, foreign_key="devices.id", max_length=32)
    next_day: str = Field(max_length=10, index=True)
