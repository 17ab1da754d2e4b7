"""Appointments: a number of a day and its time. Nobody's name is among them."""

from sqlmodel import Field, SQLModel

from fleet.store.tables import ms


class Booking(SQLModel, table=True):
    """Somebody booked a time and was given this number. `code` is a dossier's, if that is what they come for."""

    __tablename__ = "bookings"

    lease: str = Field(primary_key=True, max_length=40, foreign_key="leases.id")
    number: int = Field(primary_key=True)
    office: str = Field(foreign_key="offices.id", index=True)
    day: str = Field(max_length=10, index=True)
    service: str
    due_ms: int = ms()
    code: str | None = Field(default=None, max_length=64, index=True)
    made_ms: int = ms()
    cancelled_ms: int | None = ms(default=None)
    came_ms: int | None = ms(default=None)
