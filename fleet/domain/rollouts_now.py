"""A rollout as people and programs see it: how far it is, who waits and why, who failed, and what was done."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fleet.domain.release_loading import Loading
from fleet.domain.release_stages import ReleaseStage, counted
from fleet.domain.rollout_harm import Why
from fleet.domain.rollout_plan import Plan
from fleet.domain.rollout_targets import At
from fleet.domain.rollout_windows import Hold
from fleet.domain.rollouts import OPEN, State


@dataclass(frozen=True)
class DeviceThere:
    """A rollout at one device. `hold`: why it waits; `failure` a word; `detail` a stranger's; `stage` of a release.

    `loading`: how much of a release it says that it has fetched.
    """

    device: str
    office: str | None
    at: At
    hold: Hold | None = None
    wave: int = 0
    attempt: int = 0
    given_ms: int | None = None
    settled_ms: int | None = None
    failure: str = ""
    detail: str = ""
    stage: ReleaseStage | None = None
    loading: Loading | None = None


@dataclass(frozen=True)
class StepThen:
    """Something that was done, by whom; nobody: by itself."""

    at_ms: int
    by: str
    what: str
    about: Mapping[str, Any]

    @property
    def n(self) -> int:
        """The number that belongs to it: of devices, or of the wave."""
        return int(next((self.about[name] for name in ("devices", "returned", "wave") if name in self.about), 0))


@dataclass(frozen=True)
class WaveNow:
    """A wave: what it is, by how many devices it goes, and whether it is over, under way, or to come."""

    text: str
    limit: int
    is_over: bool
    is_now: bool


@dataclass(frozen=True)
class RolloutNow:
    """One rollout. `made_as` tells who made it apart from others who are shown alike."""

    id: str
    kind: str
    subject: str
    version: int
    plan: Plan
    state: State
    wave: int
    made_by: str
    made_as: str
    made_ms: int
    approved_by: str
    ended_ms: int | None
    why: Why | None
    counts: Mapping[At, int]
    devices: tuple[DeviceThere, ...] = ()
    steps: tuple[StepThen, ...] = ()

    @property
    def total(self) -> int:
        """How many devices it is for."""
        return sum(self.counts.values())

    @property
    def is_open(self) -> bool:
        """Whether it is not over."""
        return self.state in OPEN

    @property
    def waves(self) -> tuple[WaveNow, ...]:
        """Its waves in order."""
        all_over, begun = self.state is State.DONE, self.state is not State.AWAITING
        return tuple(
            WaveNow(
                str(one),
                one.limit(self.total),
                all_over or n < self.wave,
                begun and n == self.wave and self.is_open,
            )
            for n, one in enumerate(self.plan.waves)
        )

    @property
    def held(self) -> dict[Hold, int]:
        """How many wait for which reason, most first."""
        found = Counter(one.hold for one in self.devices if one.hold is not None)
        return dict(sorted(found.items(), key=lambda one: (-one[1], one[0])))

    @property
    def stages(self) -> dict[ReleaseStage, int]:
        """How many devices are how far with a release; of anything else there is nothing to tell."""
        found = [one.stage for one in self.devices if one.stage is not None]
        return counted(found) if found else {}

    @property
    def failed(self) -> tuple[DeviceThere, ...]:
        """The devices that failed."""
        return tuple(one for one in self.devices if one.at is At.FAILED)
