"""The mirror of the provincial system's dossiers: a whitelist of columns, nobody's name among them."""

from sqlmodel import Field, SQLModel

from fleet.store.tables import ms


class Dossier(SQLModel, table=True):
    """A file known by its code. Days are ISO dates. `change` rises with whatever changes any dossier."""

    __tablename__ = "dossiers"

    code: str = Field(primary_key=True, max_length=64)
    organisation: str = Field(index=True)
    procedure_code: str = ""
    procedure_name: str = ""
    field: str = ""
    received_on: str = Field(max_length=10)
    due_on: str | None = Field(default=None, max_length=10, index=True)
    state: str = ""
    agency: str = ""
    finished_on: str | None = Field(default=None, max_length=10)
    returned_on: str | None = Field(default=None, max_length=10)
    supplements: int = 0
    channel: str = Field(default="", max_length=8)
    imported_ms: int = ms()
    change: int = ms(default=0, index=True)


class DossierState(SQLModel, table=True):
    """A dossier was in this state when the mirror learnt of it."""

    __tablename__ = "dossier_states"

    code: str = Field(primary_key=True, max_length=64, foreign_key="dossiers.code", ondelete="CASCADE")
    change: int = ms(primary_key=True)
    state: str
    since_ms: int = ms()


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
