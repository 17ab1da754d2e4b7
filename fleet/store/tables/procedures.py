"""The catalogue of procedures, and the groups in which they are served."""

from sqlmodel import Field, SQLModel


class CatalogueProcedure(SQLModel, table=True):
    """A procedure under its code (`1.012766`). `days` are working days; `papers` a JSON list."""

    __tablename__ = "procedures"

    code: str = Field(primary_key=True, max_length=16)
    name: str
    field: str = ""
    authority: str = ""
    level: str = ""
    days: float | None = None
    papers: str = "[]"
    fee: str = ""
    service: str | None = Field(default=None, max_length=32, index=True)
    note: str = ""


class CatalogueGroup(SQLModel, table=True):
    """What a queue is for: at an office, its service of the same id."""

    __tablename__ = "service_groups"

    id: str = Field(primary_key=True, max_length=32)
    prefix: str = Field(max_length=2, unique=True)
    name: str
