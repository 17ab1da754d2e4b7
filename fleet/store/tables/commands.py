"""Orders to devices, and what became of them."""

from sqlmodel import Field, SQLModel

from fleet.store.tables import ms


class Command(SQLModel, table=True):
    """An order to a device: who gave it, when, and what the device answered. `arguments` and `result` are JSON.

    `told_ms` is when it was published last. `changed_ms` rises with whatever becomes of any of them.
    """

    __tablename__ = "commands"

    id: str = Field(primary_key=True, max_length=40)
    device: str = Field(foreign_key="devices.id", index=True)
    verb: str = Field(max_length=32)
    arguments: str = "{}"
    asked_by: str = ""
    asked_ms: int = ms(index=True)
    not_after_ms: int = ms(index=True)
    told_ms: int | None = ms(default=None)
    answered_ms: int | None = ms(default=None)
    ok: int | None = None
    reason: str = ""
    result: str = "{}"
    changed_ms: int = ms(index=True)
