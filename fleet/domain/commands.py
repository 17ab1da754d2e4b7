"""Orders to devices: what may be asked of which, until when it holds, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from fleet.domain.command_results import Report

PRINTER = "printer"
ONLINE = "online"
SECONDS_AT_MOST = 60
UNDER_WAY_AT_MOST = 3


class Verb(StrEnum):
    """What a device can be asked to do."""

    IDENTIFY = "identify"
    TEST_PRINT = "test_print"
    RESTART = "restart"
    TAKE = "take"
    LOG = "log"
    CLOCK = "clock"
    SNAPSHOT = "snapshot"


ASKING = (Verb.LOG, Verb.CLOCK, Verb.SNAPSHOT)
HOLDS_MS = {
    Verb.IDENTIFY: 10_000,
    Verb.TEST_PRINT: 15_000,
    Verb.RESTART: 15_000,
    Verb.TAKE: 5_000,
    **dict.fromkeys(ASKING, 10_000),
}
# A resident who asked for a number looks at the printer for so long; a technician a little longer.
DONE_WITHIN_MS = {
    Verb.IDENTIFY: 5_000,
    Verb.TEST_PRINT: 40_000,
    Verb.RESTART: 45_000,
    Verb.TAKE: 15_000,
    **dict.fromkeys(ASKING, 5_000),
}
# A device that began has answered by then, or never will: it waits for a printer, or for the fleet's receipts.


class CommandState(StrEnum):
    """What became of an order."""

    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"
    UNANSWERED = "unanswered"


@dataclass(frozen=True)
class DeviceCommand:
    """An order and its answer. `reason` is the device's word for why not, `found` what it found there.

    `report`: what it said of itself, where it was asked only that.
    """

    id: str
    device: str
    verb: Verb
    asked_by: str
    asked_ms: int
    state: CommandState
    answered_ms: int | None = None
    reason: str = ""
    found: str = ""
    service: str | None = None
    number: int | None = None
    report: Report | None = None


class CommandRefused(ValueError):
    """The order is not even sent: `reason` is a word, the text a sentence."""

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason


def state_of(verb: Verb, not_after_ms: int, answered_ms: int | None, is_ok: bool | None, now_ms: int) -> CommandState:
    """What became of an order by now."""
    if answered_ms is not None:
        return CommandState.DONE if is_ok else CommandState.REFUSED
    return CommandState.WAITING if now_ms < not_after_ms + DONE_WITHIN_MS[verb] else CommandState.UNANSWERED


def check(
    verb: Verb, arguments: Mapping[str, object], roles: tuple[str, ...], presence: str, is_revoked: bool, waiting: int
) -> None:
    """Raises CommandRefused where this device can not do it, or not now. `waiting`: orders it has not answered yet."""
    if is_revoked:
        raise CommandRefused("revoked", "the device is revoked and may not connect")
    if verb in (Verb.TEST_PRINT, Verb.TAKE) and PRINTER not in roles:
        raise CommandRefused("no_printer", f"expected a device with the role printer, found {' '.join(roles)}")
    if presence != ONLINE:
        raise CommandRefused("away", f"expected a device that is online, found it {presence}")
    if waiting >= UNDER_WAY_AT_MOST:
        raise CommandRefused("too_soon", f"the device has not answered its last {waiting} orders yet")
    seconds = arguments.get("seconds", 1)
    if not isinstance(seconds, int) or not 1 <= seconds <= SECONDS_AT_MOST:
        raise CommandRefused("bad_arguments", f"seconds: expected 1 to {SECONDS_AT_MOST}, found {seconds!r}")
    first = arguments.get("from", 0)
    if not isinstance(first, int) or first < 0:
        raise CommandRefused("bad_arguments", f"from: expected the byte to begin at, 0 or more, found {first!r}")
    if verb is Verb.TAKE and not arguments.get("service"):
        raise CommandRefused("bad_arguments", "service: expected the id of a service, found nothing")
