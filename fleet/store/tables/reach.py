"""How old a program may be that works with these tables."""

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel


class SchemaReach(SQLModel, table=True):
    """One row: the revision of the tables of the oldest program that can work with those that are here."""

    __tablename__ = "schema_reach"
    __table_args__ = (CheckConstraint("id = 1", name="one_reach"),)

    id: int = Field(primary_key=True)
    oldest_program: str = Field(max_length=16)
