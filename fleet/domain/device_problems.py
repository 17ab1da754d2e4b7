"""What is wrong with a device, and how much residents suffer from it: rules over what it told. No rule asks a clock."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from fleet.domain.boots import PLANNED
from fleet.domain.incidents import Incident, Kind

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
CLOCK_OFF_MS = 10_000
OUTBOX_MANY = 50
# A device that is connected delivers within a second; so many wait only where nobody takes them.
HEAP_LOW = 6 * 1024
RESTARTS_MANY = 3
NEVER_AFTER_MS = 10 * 60_000
SILENT, ONLINE, LOST, NEVER = "does not answer", "online", "lost", "never"


class Trouble(StrEnum):
    """What can be wrong, the worst for residents first."""

    PAPER_OUT = "paper_out"
    RESCUE = "rescue"
    PRINTER = "printer"
    NO_NUMBERS = "no_numbers"
    LOST = "lost"
    PAPER_LOW = "paper_low"
    SCANNER = "scanner"
    SILENT_READER = "silent_reader"
    SILENT_RATING = "silent_rating"
    REFUSED = "refused"
    REVERTED = "reverted"
    VOICE = "voice"
    KEY = "key"
    PRINTER_SILENT = "printer_silent"
    RESTARTS_POWER = "restarts_power"
    RESTARTS_FAULT = "restarts_fault"
    OUTBOX = "outbox"
    HEAP = "heap"
    CLOCK = "clock"
    NEVER = "never"
    OLD_FIRMWARE = "old_firmware"
    FORGED = "forged"
    CLONED = "cloned"
    CLAIM_EXPIRED = "claim_expired"
    CLAIM_REUSED = "claim_reused"
    REVOKED_TALKS = "revoked_talks"


INCIDENTS = tuple(Trouble(kind.value) for kind in Kind)
HARMLESS = frozenset({Trouble.OLD_FIRMWARE, Trouble.PAPER_LOW, Trouble.RESTARTS_POWER, *INCIDENTS})
# With these a device still does all that it is there for.
INCIDENT_HARM = 88
# Residents notice nothing, and yet somebody must look before he mends most other things.
HARM = {trouble: 100 - 5 * place for place, trouble in enumerate(Trouble)} | dict.fromkeys(INCIDENTS, INCIDENT_HARM)
# How much worse it is where a device of this role is lost: without a keypad nobody is called, a printer prints on.
LOST_HARM = {"keypad": 12, "printer": 10, "display": 4, "reader": 2, "rating": 0}


@dataclass(frozen=True)
class Fault:
    """A device told that a part of it failed, in its words."""

    part: str
    reason: str
    at_ms: int


@dataclass(frozen=True)
class Silenced:
    """A part of this role has said nothing in the last n visits of its counter, where so many were to be expected."""

    role: str
    n: int
    expected: float
    since_ms: int


@dataclass(frozen=True)
class DeviceFacts:
    """What is known of one device. `boots` of the last day: (when, why); `did`: when it did this kind of thing last."""

    roles: tuple[str, ...]
    presence: str
    presence_ms: int | None = None
    enrolled_ms: int = 0
    rescue: str | None = None
    refused: bool = False
    reverted: str = ""
    firmware: str = ""
    newest: str = ""
    paper: str | None = None
    paper_ms: int | None = None
    outbox: int | None = None
    heap_free: int | None = None
    clock_off_ms: int | None = None
    boots: tuple[tuple[int, str], ...] = ()
    faults: tuple[Fault, ...] = ()
    did: tuple[tuple[str, int], ...] = ()
    silenced: tuple[Silenced, ...] = ()
    incidents: tuple[Incident, ...] = ()
    revoked: bool = False


@dataclass(frozen=True)
class Problem:
    """Something to mend. `found` is what the device says of it, a stranger's word; `n` a count that belongs to it.

    `delayed`: so many residents it delays in the next hour, as far as anybody can tell.
    """

    trouble: Trouble
    harm: int
    since_ms: int | None = None
    found: str = ""
    n: int = 0
    delayed: float = 0.0


def problems(facts: DeviceFacts, now_ms: int) -> tuple[Problem, ...]:
    """What is wrong, the worst for residents first. Of one that is revoked only that it does not keep still."""
    found = [*of_incidents(facts, now_ms)]
    if not facts.revoked:
        found += [*of_paper(facts), *of_faults(facts, now_ms), *of_itself(facts), *of_connection(facts, now_ms)]
    return tuple(sorted(found, key=lambda one: -one.harm))


def problem(trouble: Trouble, since_ms: int | None = None, found: str = "", n: int = 0, more: int = 0) -> Problem:
    """This trouble, with the harm that it does."""
    return Problem(trouble, HARM[trouble] + more, since_ms, found, n)


def of_incidents(facts: DeviceFacts, now_ms: int) -> Iterable[Problem]:
    for one in facts.incidents:
        if one.is_fresh(now_ms):
            yield problem(Trouble(one.kind.value), one.first_ms, one.found, one.n)


def of_paper(facts: DeviceFacts) -> Iterable[Problem]:
    if facts.paper == "out":
        yield problem(Trouble.PAPER_OUT, facts.paper_ms)
    elif facts.paper == "low":
        yield problem(Trouble.PAPER_LOW, facts.paper_ms)


def of_faults(facts: DeviceFacts, now_ms: int) -> Iterable[Problem]:
    """Faults say when something began; what the device did since says that it is over."""
    did = dict(facts.did)
    latest = {one.part: one for one in sorted(facts.faults, key=lambda one: one.at_ms)}

    def fresh(part: str, over_by: str, within_ms: int) -> Fault | None:
        fault = latest.get(part)
        over = fault is None or now_ms - fault.at_ms > within_ms or did.get(over_by, 0) > fault.at_ms
        return None if over else fault

    if printer := fresh("printer", "printed", DAY_MS):
        if printer.reason == SILENT:
            yield problem(Trouble.PRINTER_SILENT, printer.at_ms)
        elif now_ms - printer.at_ms <= HOUR_MS and not printer.reason.startswith("no "):
            yield problem(Trouble.PRINTER, printer.at_ms, printer.reason)
    if numbers := fresh("leases", "ticket", HOUR_MS):
        yield problem(Trouble.NO_NUMBERS, numbers.at_ms, numbers.reason)
    if scanner := fresh("scanner", "scan", HOUR_MS):
        yield problem(Trouble.SCANNER, scanner.at_ms, scanner.reason)
    if voice := fresh("voice", "", HOUR_MS):
        yield problem(Trouble.VOICE, voice.at_ms, voice.reason)
    if memory := fresh("memory", "", DAY_MS):
        yield problem(Trouble.HEAP, memory.at_ms, memory.reason)
    for part, fault in latest.items():
        if part.startswith("key ") and fresh(part, part, DAY_MS):
            yield problem(Trouble.KEY, fault.at_ms, f"{part.removeprefix('key ')}: {fault.reason}")


def of_itself(facts: DeviceFacts) -> Iterable[Problem]:
    if facts.rescue is not None:
        yield problem(Trouble.RESCUE, facts.presence_ms, facts.rescue)
    if facts.refused:
        yield problem(Trouble.REFUSED)
    if facts.reverted:
        yield problem(Trouble.REVERTED, found=facts.reverted)
    sudden = [why for _, why in facts.boots if why not in PLANNED]
    if len(sudden) >= RESTARTS_MANY:
        (often, _), *_ = Counter(sudden).most_common(1)
        trouble = Trouble.RESTARTS_POWER if often == "power" else Trouble.RESTARTS_FAULT
        yield problem(trouble, min(at for at, why in facts.boots if why not in PLANNED), often, len(sudden))
    if facts.heap_free is not None and facts.heap_free < HEAP_LOW:
        yield problem(Trouble.HEAP, n=facts.heap_free // 1024)
    if facts.firmware and is_older(facts.firmware, facts.newest):
        yield problem(Trouble.OLD_FIRMWARE, found=facts.newest)


def of_connection(facts: DeviceFacts, now_ms: int) -> Iterable[Problem]:
    if facts.presence == LOST:
        worse = max((LOST_HARM.get(role, 0) for role in facts.roles), default=0)
        yield problem(Trouble.LOST, facts.presence_ms, more=worse)
    if facts.presence == NEVER and now_ms - facts.enrolled_ms > NEVER_AFTER_MS:
        yield problem(Trouble.NEVER, facts.enrolled_ms)
    for one in facts.silenced if facts.presence == ONLINE else ():
        if one.role in facts.roles:
            trouble = Trouble.SILENT_READER if one.role == "reader" else Trouble.SILENT_RATING
            yield problem(trouble, one.since_ms, str(round(one.expected)), one.n)
    if facts.presence == ONLINE and (facts.outbox or 0) >= OUTBOX_MANY:
        yield problem(Trouble.OUTBOX, n=facts.outbox or 0)
    if facts.presence == ONLINE and abs(facts.clock_off_ms or 0) > CLOCK_OFF_MS:
        yield problem(Trouble.CLOCK, n=abs(facts.clock_off_ms or 0) // 1000)


def is_older(firmware: str, other: str) -> bool:
    """Whether this version is an earlier one; versions that are no numbers are not compared."""
    mine, theirs = version_of(firmware), version_of(other)
    return mine is not None and theirs is not None and mine < theirs


def newest(versions: Iterable[str]) -> str:
    """The latest of these versions; "" where none is a number."""
    known = [(found, text) for text in versions if (found := version_of(text)) is not None]
    return max(known)[1] if known else ""


def version_of(text: str) -> tuple[int, ...] | None:
    """0.10.2 as (0, 10, 2)."""
    parts = text.split(".")
    return tuple(int(part) for part in parts) if all(part.isascii() and part.isdigit() for part in parts) else None
