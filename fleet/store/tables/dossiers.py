"""The mirror of the provincial system's dossiers: a whitelist of columns, nobody's name among them."""

from sqlmodel import Field, SQLModel

from fleet.store.tables import ms


class Dossier(SQLModel, table=True):
    """A file known by its code. Days are ISO dates."""

    __tablename__ = "dossiers"

    code: str = Field(primary_key=True, max_length=64)
    organisation: str = Field(index=True)
    procedure_code: str = ""
    procedure_name: str = ""
    field: str = ""
    received_on: str = Field(max_length=10)
    due_on: str | None = Field(default=None, max_length=10)
    state: str = ""
    agency: str = ""
    imported_ms: int = ms()


class Import(SQLModel, table=True):
    """One file that was imported, whole."""

    __tablename__ = "imports"

    id: int | None = Field(default=None, primary_key=True)
    file: str
    imported_ms: int = ms()
    person: str
    rows: int
    new: int
    changed: int
