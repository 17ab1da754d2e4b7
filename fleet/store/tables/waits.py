"""How long people waited and were served, added up while they are linked; of nobody alone."""

from sqlmodel import Field, SQLModel

from fleet.store.tables import ms


class Sum(SQLModel):
    """Visits added up: how many, for how long in all, and how often how long."""

    visits: int
    no_shows: int
    finished: int
    rated: int
    wait_ms: int = ms()
    service_ms: int = ms()
    total_ms: int = ms()
    wait: bytes
    service_times: bytes
    total: bytes


class WaitHour(Sum, table=True):
    """An office's day by service ('' where a scan opened the visits), counter and hour. Kept as long as visits are."""

    __tablename__ = "wait_hours"

    office: str = Field(primary_key=True, max_length=32)
    day: str = Field(primary_key=True, max_length=10)
    service: str = Field(primary_key=True)
    counter: str = Field(primary_key=True)
    hour: int = Field(primary_key=True)


class WaitSum(Sum, table=True):
    """An office's day, month or year (`span`, from `begins` on), as a whole or of one service, counter or hour."""

    __tablename__ = "wait_sums"

    office: str = Field(primary_key=True, max_length=32)
    span: str = Field(primary_key=True, max_length=5)
    part: str = Field(primary_key=True, max_length=7)
    begins: str = Field(primary_key=True, max_length=10)
    key: str = Field(primary_key=True)
