"""Templates: what the devices of a unit or an office shall be, unless anything nearer says otherwise."""

from sqlmodel import Field, SQLModel

from fleet.store.tables import ms


class ConfigTemplate(SQLModel, table=True):
    """A template of a unit with all below it, or of an office (`origin`). `role`: for devices with it; empty: for all.

    `current` is the version that holds for everybody who was not given another; 0: none does yet.
    """

    __tablename__ = "templates"

    id: str = Field(primary_key=True, max_length=64)
    origin: str = Field(max_length=8)
    place: str = Field(max_length=32, index=True)
    role: str = Field(default="", max_length=16)
    current: int = 0


class TemplateVersion(SQLModel, table=True):
    """What a template says in one of its versions, for ever: `fields` as JSON, by their paths."""

    __tablename__ = "template_versions"

    template: str = Field(foreign_key="templates.id", primary_key=True, max_length=64)
    version: int = Field(primary_key=True)
    fields: str = "{}"
    made_ms: int = ms()
    made_by: str = ""
    note: str = ""
