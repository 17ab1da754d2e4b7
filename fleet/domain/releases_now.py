"""Releases as people see them: what each has for which board, who runs it and how well, and whom devices trust."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from fleet.domain.firmware_health import FirmwareHealth
from fleet.domain.images import Image
from fleet.domain.release_fits import Application, Misfit
from fleet.domain.release_loading import Loading
from fleet.domain.rollouts_now import RolloutNow

KEY_LETTERS = 8


@dataclass(frozen=True)
class RoleNow:
    """Who signs for a role: the beginnings of the ids of its keys, of which `threshold` must."""

    name: str
    keys: tuple[str, ...]
    threshold: int


@dataclass(frozen=True)
class TrustNow:
    """The root that holds. `devices`: how many trust which root; None: none. `trouble`: why nothing can be assigned."""

    version: int
    roles: tuple[RoleNow, ...]
    expires: datetime
    devices: Mapping[int | None, int]
    trouble: str | None


@dataclass(frozen=True)
class ReleaseNow:
    """One release. `keep` it, `try_it`: so many devices; `went_back` from it, `misfits` (can not have it): these.

    `fits`: so many could have it and do not. `holds_ms`: since when it is for every device of its boards.
    """

    sequence: int
    version: str
    made_ms: int
    by: str
    note: str
    holds_ms: int | None
    images: tuple[Image, ...]
    keep: int = 0
    try_it: int = 0
    went_back: tuple[str, ...] = ()
    fits: int = 0
    misfits: Mapping[Misfit, tuple[str, ...]] = field(default_factory=dict)
    health: tuple[FirmwareHealth, ...] = ()
    rollout: RolloutNow | None = None

    @property
    def rows(self) -> tuple[tuple[Image, FirmwareHealth | None], ...]:
        """Each image with how its firmware does on its board."""
        known = {one.board: one for one in self.health}
        return tuple((image, known.get(image.board)) for image in self.images)

    @property
    def may_begin(self) -> bool:
        """Whether there is anything left to roll out, and nobody does."""
        return bool(self.fits) and self.holds_ms is None and (self.rollout is None or not self.rollout.is_open)


@dataclass(frozen=True)
class ReleasesNow:
    """All releases, the last first. `factory`: so many devices run what they were written with."""

    releases: tuple[ReleaseNow, ...]
    trust: TrustNow | None
    devices: int
    factory: int


@dataclass(frozen=True)
class UpdateThen:
    """An update ended: `result` is confirmed, returned or refused; `reason` a stranger's, it may begin with a word."""

    at_ms: int
    release: str
    result: str
    reason: str


@dataclass(frozen=True)
class DeviceRelease:
    """What one device runs of releases, since when, what became of its updates, and why it can not have the newest."""

    runs: Application | None
    version: str
    since_ms: int | None
    newest: int
    misfit: Misfit | None
    updates: tuple[UpdateThen, ...]
    loading: Loading | None = None
