"""All that is known of one device's life, on one sheet. Never a key; what it says of itself is a stranger's word."""

from dataclasses import dataclass

from fleet.domain.alerts_now import AlertNow
from fleet.domain.device_days import DaySum
from fleet.domain.device_month import DeviceMonth
from fleet.domain.devices_now import DeviceHistory, ToldThen
from fleet.domain.incidents import Incident
from fleet.domain.registry_now import DoneThen
from fleet.domain.releases_now import UpdateThen


@dataclass(frozen=True)
class ClaimThen:
    """The right under which a board became this device."""

    id: str
    made_by: str
    made_ms: int
    used_ms: int | None
    used_hw: str
    withdrawn_ms: int | None


@dataclass(frozen=True)
class BenchTest:
    """A test of the board before it became a device, signed by itself under its claim; `by` sent it."""

    at_ms: int
    claim: str
    hw: str
    firmware: str
    passed: bool
    by: str
    proof: str


@dataclass(frozen=True)
class KeyThen:
    """In which slot its key lies, since when, and to which board it is bound."""

    slot: str
    since_ms: int
    hw: str


@dataclass(frozen=True)
class FirmwareThen:
    """It ran this firmware on days from one to another, with this outcome."""

    firmware: str
    first: str
    last: str
    sums: DaySum


@dataclass(frozen=True)
class Evidence:
    """The life of a device; lists are newest first."""

    claims: tuple[ClaimThen, ...]
    done: tuple[DoneThen, ...]
    key: KeyThen | None
    incidents: tuple[Incident, ...]
    bench: tuple[BenchTest, ...]
    tests: tuple[ToldThen, ...]
    firmware: tuple[FirmwareThen, ...]
    updates: tuple[UpdateThen, ...]
    history: DeviceHistory
    month: DeviceMonth
    alerts: tuple[AlertNow, ...]
