"""Staged rollouts: how each goes, how far each device is, and what was done by whom."""

from sqlmodel import Field, SQLModel

from fleet.store.tables import ms


class Rollout(SQLModel, table=True):
    """A version of a subject (a template, say) on its way. `plan` and `why` (it stopped) are JSON.

    `wave_ms`: when this wave began; `since_ms`: when somebody let it go on for the last time. `made_as` and
    `approved_as` tell people apart, `made_by` and `approved_by` are how they are shown. `changes` rises with each
    change, for pages that look on.
    """

    __tablename__ = "rollouts"

    id: str = Field(primary_key=True, max_length=32)
    kind: str = Field(max_length=16)
    subject: str = Field(max_length=128)
    version: int
    plan: str
    state: str = Field(max_length=16, index=True)
    wave: int = 0
    wave_ms: int = ms()
    since_ms: int = ms()
    made_by: str
    made_as: str
    made_ms: int = ms()
    approved_by: str = ""
    approved_as: str = ""
    ended_ms: int | None = ms(default=None)
    why: str = "{}"
    changes: int = 0


class RolloutDevice(SQLModel, table=True):
    """A device of a rollout. `holds` is 1 while it is to have the version; `carried`: by what it reports that it has.

    `wave` and `attempt` are those in which it was given it; `failure` is a word, `detail` a stranger's.
    """

    __tablename__ = "rollout_devices"

    rollout: str = Field(foreign_key="rollouts.id", primary_key=True, max_length=32)
    device: str = Field(foreign_key="devices.id", primary_key=True, max_length=32, index=True)
    at: str = Field(max_length=16)
    wave: int = 0
    attempt: int = 0
    given_ms: int | None = ms(default=None)
    settled_ms: int | None = ms(default=None)
    carried: int | None = None
    failure: str = ""
    detail: str = ""
    holds: int = 0


class RolloutStep(SQLModel, table=True):
    """Something that was done to a rollout, or that it did itself (`by` is empty then); `about` is JSON."""

    __tablename__ = "rollout_steps"

    rollout: str = Field(foreign_key="rollouts.id", primary_key=True, max_length=32)
    n: int = Field(primary_key=True)
    at_ms: int = ms()
    by: str = ""
    what: str = Field(max_length=16)
    about: str = "{}"
