"""What a device says that it runs: which release, whether that is on trial, and with which it could not live.

All of it is a stranger's word; what says nothing is left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from protocols.message import BIGGEST

FACTORY = 0
# The sequence of what the board was written with.
REASON_LETTERS = 150
WORD_LETTERS = 16


@dataclass(frozen=True)
class GoneBack:
    """A release that a device tried and left by itself. `reason` begins with a word, the rest is a stranger's."""

    sequence: int
    reason: str

    @property
    def word(self) -> str:
        """What kind of reason it is."""
        return reason_word(self.reason)


@dataclass(frozen=True)
class Application:
    """What a device runs: `sequence` 0 is what it was written with. `room` None: it has no slots to update.

    `mpy` is the ABI of the bytecode that it reads, `root` the version of the root that it trusts; None: it trusts none.
    """

    sequence: int = FACTORY
    is_trial: bool = False
    back: GoneBack | None = None
    root: int | None = None
    mpy: str = ""
    room: int | None = None
    slot: str = ""


def application_of(said: Mapping[str, object] | None) -> Application | None:
    """What its hello said; None: its firmware is of a time before updates."""
    if said is None or number(said.get("sequence")) is None:
        return None
    return Application(
        sequence=number(said.get("sequence")) or FACTORY,
        is_trial=said.get("trial") is True,
        back=back_of(said.get("back")),
        root=number(said.get("root")) or None,
        mpy=text(said.get("mpy"), WORD_LETTERS),
        room=number(said.get("room")),
        slot=text(said.get("slot"), WORD_LETTERS),
    )


def back_of(said: object) -> GoneBack | None:
    """With which release it could not live, and why."""
    if not isinstance(said, Mapping):
        return None
    sequence = number(said.get("sequence"))
    return None if sequence is None else GoneBack(sequence, text(said.get("reason"), REASON_LETTERS))


def reason_word(reason: str) -> str:
    """The word with which a device's reason begins, such as `sha256`; "" where it begins with a sentence."""
    word, found, _ = reason.partition(":")
    return word[:WORD_LETTERS] if found or " " not in word else ""


def number(said: object) -> int | None:
    """A number that a device said."""
    return said if type(said) is int and 0 <= said <= BIGGEST else None


def text(said: object, most: int) -> str:
    """A text that a device said."""
    return said[:most] if isinstance(said, str) else ""
