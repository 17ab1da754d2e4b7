"""One order to many devices: which of them it is for, how fast it goes out, and what became of it so far."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from fleet.domain.commands import CommandState, Verb

FOR_MANY = (Verb.IDENTIFY, Verb.TEST_PRINT, Verb.RESTART, Verb.CLOCK, Verb.SNAPSHOT)
# A number is for one resident, and a log for one reader.
AT_MOST = 5_000
A_SECOND = 10
# Devices that are restarted at once come back at once, and the offices of a province share one broker.
HOLDS_MINUTES, HOLDS_MINUTES_AT_MOST = 15, 24 * 60


class OrderedState(StrEnum):
    """What became of the order at one device: `pending`, it is not its turn yet; `expired`, it never was."""

    PENDING = "pending"
    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"
    UNANSWERED = "unanswered"
    EXPIRED = "expired"


FAILED = frozenset({OrderedState.REFUSED, OrderedState.UNANSWERED, OrderedState.EXPIRED})


@dataclass(frozen=True)
class Selection:
    """Which devices are meant: those that are all of this at once. `unit`: of its part of the tree.

    `devices`: only these, by id; each that is not there is told.
    """

    office: str | None = None
    unit: str | None = None
    role: str | None = None
    presence: str | None = None
    version: str | None = None
    devices: tuple[str, ...] = ()

    def says_nothing(self) -> bool:
        """Whether it would be every device there is."""
        return self == Selection()


@dataclass(frozen=True)
class Candidate:
    """What of a device decides whether it is meant. `units`: its office and all above it."""

    id: str
    roles: tuple[str, ...]
    office: str | None
    units: frozenset[str]
    presence: str
    firmware: str


@dataclass(frozen=True)
class Ordered:
    """The order at one device. `reason`: why not, in a word of the fleet or of the device; `found` what it found."""

    device: str
    state: OrderedState
    command: str | None = None
    reason: str = ""
    found: str = ""


@dataclass(frozen=True)
class Batch:
    """An order to many, with each of its devices in the order in which they get it."""

    id: str
    verb: Verb
    asked_by: str
    asked_ms: int
    expires_ms: int
    ordered: tuple[Ordered, ...]

    @property
    def counts(self) -> dict[OrderedState, int]:
        """How many devices are in each state; states in which none is are left out."""
        found = Counter(one.state for one in self.ordered)
        return {state: found[state] for state in OrderedState if found[state]}

    @property
    def is_over(self) -> bool:
        """Whether nothing of it is awaited any more."""
        return not any(one.state in (OrderedState.PENDING, OrderedState.WAITING) for one in self.ordered)

    @property
    def failed(self) -> tuple[Ordered, ...]:
        """The devices that did not, with the reason of each."""
        return tuple(one for one in self.ordered if one.state in FAILED)

    @property
    def failed_first(self) -> tuple[Ordered, ...]:
        """All devices, those that did not first."""
        return tuple(sorted(self.ordered, key=lambda one: one.state not in FAILED))


class BatchRefused(ValueError):
    """The order to many is not given: `reason` is a word, the text a sentence."""

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason


def chosen(selection: Selection, candidates: Iterable[Candidate]) -> list[Candidate]:
    """The devices that are meant, by id. Raises BatchRefused where that is none, too many, or all without a word."""
    if selection.says_nothing():
        raise BatchRefused("no_filter", "expected an office, unit, role, presence, version or list of devices")
    known = {one.id: one for one in candidates}
    strange = [device for device in selection.devices if device not in known]
    if strange:
        raise BatchRefused("unknown_device", f"devices: expected devices that exist, found {', '.join(strange[:5])}")
    found = [known[device] for device in sorted(known) if is_meant(selection, known[device])]
    if not found:
        raise BatchRefused("nobody", "expected a choice of at least one device, found none that is all of this")
    if len(found) > AT_MOST:
        raise BatchRefused("too_many", f"expected at most {AT_MOST} devices, found {len(found)}")
    return found


def is_meant(selection: Selection, one: Candidate) -> bool:
    """Whether the device is all that was asked for."""
    return (
        selection.office in (None, one.office)
        and (selection.unit is None or selection.unit in one.units)
        and (selection.role is None or selection.role in one.roles)
        and selection.presence in (None, one.presence)
        and selection.version in (None, one.firmware)
        and (not selection.devices or one.id in selection.devices)
    )


def spread(found: Sequence[Candidate]) -> list[str]:
    """In which order they get it: one of each office after the other, so that no office stands still as a whole."""
    turns: dict[str | None, int] = {}
    ranked = []
    for one in found:
        turn = turns[one.office] = turns.get(one.office, 0) + 1
        ranked.append((turn, one.office or "", one.id))
    return [device for _, _, device in sorted(ranked)]


def ordered_state(command: CommandState | None, reason: str, is_expired: bool) -> OrderedState:
    """The state at one device: of its own order, or without one."""
    if command is not None:
        return OrderedState(command.value)
    if reason:
        return OrderedState.REFUSED
    return OrderedState.EXPIRED if is_expired else OrderedState.PENDING
