"""Self-tests of boards, as they signed them before they became devices."""

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from fleet.store.tables import ms


class Selftest(SQLModel, table=True):
    """A test of a board under its claim. `record` is the text that the board signed, `proof` its signature.

    `at_ms`: when the fleet heard of it; `by`: who sent it, with which `tool`.
    """

    __tablename__ = "selftests"
    __table_args__ = (UniqueConstraint("claim", "proof", name="a_selftest_is_kept_once"),)

    id: int | None = Field(default=None, primary_key=True)
    claim: str = Field(foreign_key="claims.id", max_length=9)
    device: str = Field(foreign_key="devices.id", index=True)
    hw: str = Field(max_length=32)
    at_ms: int = ms()
    passed: bool = False
    board: str = Field(default="", max_length=32)
    firmware: str = Field(default="", max_length=32)
    tool: str = Field(default="", max_length=64)
    by: str = ""
    record: str = ""
    proof: str = Field(default="", max_length=32)


class SelftestKey(SQLModel, table=True):
    """What proves the records of a claim, sealed under the fleet's own key. It can do nothing else, so it may stay when
    the claim's key is burnt: records come when the bench finds a network.
    """

    __tablename__ = "selftest_keys"

    claim: str = Field(primary_key=True, foreign_key="claims.id", max_length=9)
    key: str
