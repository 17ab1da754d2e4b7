"""Reports that are sent by themselves."""

from sqlmodel import Field, SQLModel

from fleet.store.tables import ms


class ReportSchedule(SQLModel, table=True):
    """A report of a unit that goes to `addresses` (with spaces between) after each period; `last` was sent last."""

    __tablename__ = "report_schedules"

    id: int | None = Field(default=None, primary_key=True)
    unit: str = Field(max_length=32)
    length: str = Field(max_length=8)
    form: str = Field(max_length=4)
    language: str = Field(max_length=2)
    addresses: str
    last: str = Field(max_length=10)
    created_ms: int = ms()
    said: str = ""
