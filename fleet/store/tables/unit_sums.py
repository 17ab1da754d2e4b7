"""Which units have sums of waits of their own, and which days of these are to be folded."""

from sqlmodel import Field, SQLModel


class WaitMember(SQLModel, table=True):
    """An office whose visits are in the sums of a unit above it."""

    __tablename__ = "wait_members"

    unit: str = Field(primary_key=True, max_length=32)
    office: str = Field(primary_key=True, max_length=32, index=True)


class WaitOpen(SQLModel, table=True):
    """A day of a unit that is to be folded, since this office's visits (empty: its offices) are others than then."""

    __tablename__ = "wait_open"

    unit: str = Field(primary_key=True, max_length=32)
    day: str = Field(primary_key=True, max_length=10)
    office: str = Field(primary_key=True, max_length=32)
