"""A crowd: devices and offices that nobody has, by their numbers; what it said, and what of that a fleet lost.

Ten devices stand in an office. A device's number says which of them it is, so that a number is all that is kept of it.
"""

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import NamedTuple

PREFIX = "crowd-"
COUNTERS = 4
AT_EACH = 2 * COUNTERS + 2
LARGEST = 1_000_000
SERVICES = (("chung-thuc", "A", "Chứng thực"), ("ho-tich", "B", "Hộ tịch"), ("dat-dai", "C", "Đất đai"))
PRINTER, SCREEN, BOARDS = "may", "sanh", "board"
TOLD_AT_MOST = 20


class Stand(NamedTuple):
    """One device: its number (-1: a board), its id and roles, its office, and its counter unless it is in the lobby."""

    number: int
    id: str
    roles: tuple[str, ...]
    office: str
    counter: int | None


def board(number: int) -> Stand:
    """A board with the shipping firmware: rating buttons in the lobby of the first office."""
    return Stand(-1, f"{PREFIX}{BOARDS}-{number:04d}", ("rating",), office_id(0), None)


def office_id(office: int) -> str:
    """The id of the office of this number."""
    return f"{PREFIX}{office:05d}"


def stand(number: int) -> Stand:
    """The device of this number: a printer, a keypad and buttons for each counter, and a screen."""
    office, place = divmod(number, AT_EACH)
    name = office_id(office)
    if place == 0:
        return Stand(number, f"{name}-{PRINTER}", ("printer",), name, None)
    if place == AT_EACH - 1:
        return Stand(number, f"{name}-{SCREEN}", ("display",), name, None)
    counter, is_buttons = (place + 1) // 2, place % 2 == 0
    kind, roles = ("nut", ("rating",)) if is_buttons else ("ban", ("keypad", "reader"))
    return Stand(number, f"{name}-{kind}-{counter}", roles, name, counter)


def offices(devices: int) -> int:
    """In how many offices so many devices stand."""
    return -(-devices // AT_EACH)


def stands(first: int, to: int) -> Iterator[Stand]:
    """The devices of these numbers."""
    return map(stand, range(first, to))


def password(key: str, device: str) -> str:
    """The password of a device of the crowd whose key this is."""
    return hmac.new(bytes.fromhex(key), device.encode(), hashlib.sha256).hexdigest()[:32]


def is_of_crowd(device: str) -> bool:
    """Whether this device is one of a crowd."""
    return device.startswith(PREFIX)


@dataclass
class Verdict:
    """What was said against what is there. Everything but the first five must be 0; `examples` says where it is not.

    `lost`: said, and not stored. `doubled`: stored once and counted twice. `contradicted`: stored otherwise than it was
    said. `strange`: stored, and nobody said it. `uncounted`: stored, and no ticket, visit or press was made of it.
    `differs`: days that would be otherwise if they were linked at once.
    """

    said: int = 0
    stored: int = 0
    tickets: int = 0
    visits: int = 0
    ratings: int = 0
    lost: int = 0
    doubled: int = 0
    contradicted: int = 0
    strange: int = 0
    uncounted: int = 0
    differs: int = 0
    examples: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Whether everything is there, once, as it was said."""
        return not any(getattr(self, one) for one in WRONGS)

    def found(self, kind: str, sentence: str) -> None:
        """One more of this kind of wrong."""
        setattr(self, kind, getattr(self, kind) + 1)
        if len(self.examples) < TOLD_AT_MOST:
            self.examples.append(f"{kind}: {sentence}")

    def counts(self) -> dict[str, int]:
        """All numbers by their names."""
        return {one.name: getattr(self, one.name) for one in fields(self) if one.name != "examples"}


WRONGS = ("lost", "doubled", "contradicted", "strange", "uncounted", "differs")
