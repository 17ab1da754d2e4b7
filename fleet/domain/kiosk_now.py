"""What a kiosk in the lobby shows and gives: the services of an office, papers before a number, a number by two ways.

Its parts are values without the time of looking, so that only what changed is sent to the screen.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from fleet.domain.procedures import Procedure

MINUTE_MS = 60_000
AT_MOST = ((1, 6), (15, 45))
# (minutes, numbers): so many from one kiosk. Who reads the screen takes ten seconds; a child who plays takes one.
WAITS_MIN = 1
# For whom the machine has given too many.


class Way(StrEnum):
    """How somebody gets their number."""

    PAPER = "paper"
    """The office's printer gives it."""
    PHONE = "phone"
    """The fleet gives it, and a telephone takes it along by a code."""


EVERY_WAY = tuple(Way)


class Closed(StrEnum):
    """Why a service gives no number now."""

    DAY_OFF = "day_off"
    ENDED = "ended"
    NO_COUNTER = "no_counter"


class Printer(StrEnum):
    """Whether the office's printer can print a number now, as far as is known."""

    READY = "ready"
    AWAY = "printer_away"
    NO_PAPER = "no_paper"


class Paper(StrEnum):
    """What became of a number that the printer was asked for."""

    AWAITED = "awaited"
    PRINTED = "printed"
    REFUSED = "refused"


class NoNumber(Exception):
    """A kiosk gives no number; `word` says why, for a text of the page."""

    def __init__(self, word: str) -> None:
        super().__init__(f"no number is given: {word}")
        self.word = word


@dataclass(frozen=True)
class KioskService:
    """A service: its picture, how many wait, what newcomers are told (P50, P90 in minutes), and why it is closed."""

    id: str
    prefix: str
    names: tuple[tuple[str, str], ...]
    icon: str
    waiting: int
    told: tuple[int, int] | None
    closed: Closed | None = None

    def name(self, language: str) -> str:
        """Its name in this language, or in Vietnamese where it has none."""
        names = dict(self.names)
        return names.get(language, names[""])

    def language(self, language: str) -> str:
        """The language that its name is really in."""
        return language if language in dict(self.names) else "vi"


@dataclass(frozen=True)
class KioskNow:
    """An office at its kiosk. `ways`: how it gives numbers there. `priority`: names of the class, by language.

    `until_ms`: no numbers are given from then on (None: not known).
    """

    id: str
    name: str
    hotline: str
    timezone: str
    now_ms: int
    pace: float | None
    ways: tuple[Way, ...]
    services: tuple[KioskService, ...]
    until_ms: int | None = None
    priority: tuple[str, str] | None = None
    address: str = ""
    printer: Printer = Printer.AWAY

    def service(self, service: str) -> KioskService | None:
        """The service of this id."""
        return next((one for one in self.services if one.id == service), None)


@dataclass(frozen=True)
class FoundProcedure:
    """A procedure that somebody searched for, and the service that takes it."""

    procedure: Procedure
    service: str


@dataclass(frozen=True)
class NumberGiven:
    """A number that a kiosk gave. `code` is that of its page; the one of a paper stands on that."""

    label: str
    service: str
    way: Way
    code: str = ""


@dataclass(frozen=True)
class PaperNow:
    """A number that the printer was asked for, `ago_ms` ago: the number, or for which reason there is none."""

    state: Paper
    ago_ms: int
    given: NumberGiven | None = None
    reason: str = ""


def is_too_often(given_ms: Iterable[int], now_ms: int) -> bool:
    """Whether a kiosk that gave numbers at these moments gives no more for now."""
    ages = [now_ms - one for one in given_ms]
    return any(sum(age < minutes * MINUTE_MS for age in ages) >= most for minutes, most in AT_MOST)


def read_ways(text: str) -> tuple[Way, ...]:
    """The ways as a column says them: `paper,phone`; empty: there is no kiosk."""
    return tuple(way for way in EVERY_WAY if way in text.split(","))
