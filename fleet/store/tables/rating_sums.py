"""Ratings of days that are over, added up for statistics; made again of the presses whenever these change."""

from sqlmodel import Field, SQLModel


class RatingSum(SQLModel, table=True):
    """An office's day, or the month (`span`) that begins on it: what may be shown of its ratings, what is left over.

    `body` is what `fleet.domain.rating_sums` writes.
    """

    __tablename__ = "rating_sums"

    office: str = Field(primary_key=True, max_length=32)
    span: str = Field(primary_key=True, max_length=5)
    day: str = Field(primary_key=True, max_length=10)
    body: str
