"""What became of a board, and what is told on the way there."""

from collections.abc import Callable
from dataclasses import dataclass

PRINTER, READER = "printer", "reader"
PASS, FAIL, ASK = "pass", "fail", "ask"


@dataclass(frozen=True)
class PartSaid:
    """What a board says of a part while it tests itself; `ask`: what it waits for. `code`: that a reader shall read."""

    part: str
    result: str
    found: str
    code: str = ""

    def __str__(self) -> str:
        return f"{self.part}: {self.result} {self.found}".strip()


Note = str | PartSaid
Report = Callable[[str, Note, float | None], None]
# A step, a note on it, and how much of it is done.


@dataclass(frozen=True)
class Result:
    """What became of a board. `outcome`: enrolled, already, failed; `advice`: a word of `advice.ADVICE`; `tried`: why
    each of the tries before came to nothing.
    """

    port: str
    outcome: str
    hw: str = ""
    device: str = ""
    claim: str = ""
    place: str = ""
    seconds: float = 0.0
    why: str = ""
    advice: str = ""
    parts: tuple[tuple[str, str, str], ...] = ()
    tried: tuple[str, ...] = ()

    @property
    def good(self) -> bool:
        """Whether the board is a device of the fleet."""
        return self.outcome in ("enrolled", "already")
