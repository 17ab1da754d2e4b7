"""What an office says of the personal data that it keeps."""

from sqlmodel import Field, SQLModel


class PrivacyNotice(SQLModel, table=True):
    """`contact`: whom residents ask about their data. `ground`: the legal ground on which the office keeps them."""

    __tablename__ = "privacy_notices"

    office: str = Field(primary_key=True, foreign_key="offices.id", max_length=32)
    contact: str = Field(default="", max_length=200)
    ground: str = Field(default="", max_length=500)
