"""What a technician sees of the devices now. What a device says of itself is a stranger's text: show it with care."""

from collections.abc import Mapping
from dataclasses import dataclass

from fleet.domain.commands import DeviceCommand
from fleet.domain.device_days import DaySum
from fleet.domain.device_problems import HARMLESS, ONLINE, Problem
from fleet.domain.release_fits import Application
from protocols.config_refused import ConfigRefused
from protocols.display import Display
from protocols.message import BIGGEST
from protocols.printer import Printer
from protocols.reader import Reader

DEGRADED = "degraded"
REASON_LETTERS = 100


@dataclass(frozen=True)
class Told:
    """What staff decided that a device shall be; None for a part that it has not. `scale`: its levels and version."""

    printer: Printer | None = None
    reader: Reader | None = None
    display: Display | None = None
    scale: tuple[int, int] | None = None
    sleep_after_s: int | None = None


@dataclass(frozen=True)
class Reverted:
    """A configuration with which a device could not live: it went back by itself. `reason` is a stranger's word."""

    version: int
    reason: str


def reverted_of(told: Mapping[str, object] | None) -> Reverted | None:
    """What a device says of that; None for words that say nothing."""
    version, reason = (told or {}).get("version"), (told or {}).get("reason")
    if not isinstance(version, int) or not 0 <= version <= BIGGEST or not isinstance(reason, str):
        return None
    return Reverted(version, reason[:REASON_LETTERS])


@dataclass(frozen=True)
class DeviceNow:
    """One device. `presence` is online, sleeping, leaving, lost, or never; `heap_free` is in bytes.

    `office` is None for a device that stands nowhere; `place` is what a person reads, office and counter. `rescue` says
    why it runs without its roles; `told` what it shall be, `refused` what it was told to be and did not take,
    `reverted` what it took and could not live with. `month`: what its last thirty days add up to.
    `counter` None is the lobby, `position` the counter's place in the row. `problems`: what is to be mended, the worst
    first. `application`: which release it says it runs; None: it never said.
    """

    id: str
    roles: tuple[str, ...]
    office: str | None
    place: str
    presence: str
    last_seen_ms: int | None
    firmware: str
    board: str
    boot: int | None
    reset_reason: str
    outbox: int | None
    heap_free: int | None
    revoked: bool = False
    rescue: str | None = None
    refused: ConfigRefused | None = None
    reverted: Reverted | None = None
    told: Told = Told()
    office_name: str = ""
    counter: str | None = None
    counter_name: str = ""
    position: int = 0
    presence_ms: int | None = None
    enrolled_ms: int | None = None
    epoch: int = 0
    config_version: int = 0
    config_reported: int | None = None
    paper: str | None = None
    paper_until_ms: int | None = None
    tickets_left: int | None = None
    problems: tuple[Problem, ...] = ()
    month: DaySum | None = None
    application: Application | None = None

    @property
    def state(self) -> str:
        """As its presence; `degraded` for one that is there and does not do all that it is there for."""
        return (
            DEGRADED
            if self.presence == ONLINE and any(one.trouble not in HARMLESS for one in self.problems)
            else self.presence
        )


@dataclass(frozen=True)
class ToldThen:
    """Something that a device told of itself: `what` is boot, fault, selftest, update or paper, the rest its words."""

    at_ms: int
    what: str
    word: str
    more: str = ""


@dataclass(frozen=True)
class PlaceThen:
    """A device stood here, until `to_ms`; None: it does."""

    office: str
    counter: str
    from_ms: int
    to_ms: int | None


@dataclass(frozen=True)
class DeviceHistory:
    """What became of one device: orders, what it told, and where it stood; each the newest first."""

    commands: tuple[DeviceCommand, ...]
    told: tuple[ToldThen, ...]
    places: tuple[PlaceThen, ...]


@dataclass(frozen=True)
class UnreadableNow:
    """A message that was none, and why. What it carried is not shown: nobody knows what is in it."""

    received_ms: int
    device: str | None
    office: str | None
    topic: str
    reason: str
    length: int
