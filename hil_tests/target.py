"""What the suite asks of whatever it runs on: boards, the hands on them, and the world around them.

A journey knows these protocols and no driver. Calls wait for the deed and not for what it leads to: that is read in the
log of a board, in what the hands saw, or in the fleet.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import NamedTuple, Protocol

from fleet.provisioning.cable import Cable
from fleet.provisioning.claims import Claim
from hil_tests.lines_heard import LinesHeard

KINDS = ("vm", "emulated", "serial")
# MicroPython's unix VM with simulated lines; a chip in an emulator; a board, or what stands for one, at a serial port.

NEEDS: Mapping[str, str] = {
    "hands": "hands that press its keys and see its lamps",
    "paper": "paper: nothing takes what it prints",
    "power": "switch that cuts its power",
    "reset": "way to reset the chip",
    "torn": "power that goes while the flash is just changed",
    "cable": "cable: a serial port with MicroPython behind it",
    "slots": "slots: an image with two of them for the application",
    "flash": "flash in hand, to be read and written without power",
    "meter": "meter: nothing measures its current",
    "printer": "board with the role printer",
    "counter": "board with keypad, reader and rating at once",
}
# What a journey may need; "not run: no …" is said of a target that has it not.


class Board(Protocol):
    """A board with the firmware of this tree. `has`: those of NEEDS that the board itself brings."""

    name: str
    kind: str
    hw: str
    has: frozenset[str]
    log: LinesHeard

    def power(self, on: bool) -> None:
        """Cut the power, or give it; the flash stays. Cutting what has none, and giving it twice, changes nothing."""

    def reset(self) -> None:
        """Begin anew where it stands, as by its own key for that. The caller waits for what the board says."""

    def enrol(self, claim: Claim) -> None:
        """Make it the device of this claim: at its cable as a technician does, or on its flash. It runs afterwards."""

    def cable(self) -> AbstractContextManager[Cable]:
        """Its cable, opened by nobody; its log is not read meanwhile."""

    def close(self) -> None:
        """Let go of it, for good."""


class TornBoard(Board, Protocol):
    """A board whose power can go in the midst of an operation of its flash; it `has` "torn"."""

    def tear(self, after: int, part: float) -> None:
        """Let the power go in a later operation: so many pass before it, and so much of it is done."""

    def torn(self) -> None:
        """Wait until it went. Raises NotHeard."""


class Hands(Protocol):
    """A resident's and a clerk's hands, eyes and papers at one board.

    `seen`: what the eyes saw, a line each: `lamp_3 on`, `lamp_3 off`, and `paper 412` for bytes that were printed.
    """

    seen: LinesHeard

    def press(self, key: str, ms: int = 80) -> None:
        """Press a key and let it go."""

    def hold(self, key: str) -> None:
        """Press a key."""

    def release(self, key: str) -> None:
        """Let a key go."""

    def scan(self, text: str) -> None:
        """Hold a code before the reader."""

    def lamps(self) -> dict[str, bool]:
        """The lamps that were ever on or off, and how they are."""

    def paper(self) -> bytes:
        """All that the printer was sent since the last call."""

    def power(self, on: bool) -> None:
        """Switch the board's power by hand, where a hand has the switch."""


class Current(NamedTuple):
    """What a meter saw over a while, in milliamperes."""

    mean_ma: float
    least_ma: float
    most_ma: float
    samples: int


class Meter(Protocol):
    """Measures what a board draws."""

    def current(self, seconds: float) -> Current:
        """Measure for so long."""


class Network(Protocol):
    """The world between the boards and the fleet."""

    def way(self, on: bool) -> None:
        """Let nothing through between boards and broker, and close nothing, as where a radio is gone; or go on."""

    def broker(self, on: bool) -> None:
        """Kill the broker, or start it again."""


class Stand(NamedTuple):
    """A board, and what is joined to it. `roles`: those that it can have at once, for its pins and its hands."""

    board: Board
    roles: tuple[str, ...]
    hands: Hands | None = None
    meter: Meter | None = None


class NotRun(Exception):
    """A target is not there, or not as it was said to be; the text says what was expected and found."""
