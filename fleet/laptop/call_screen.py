"""The call display of a simulated lobby, as people there see and hear it: what its parts show, and what it says."""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fleet.laptop.call_display import Leds, VoiceModule
from fleet.laptop.spoken import CHIME, FOLDERS, WORDS, in_words

if TYPE_CHECKING:
    from fleet.laptop.boards import Board

CLIP_S = 0.45
# As long as a clip of one word is.
SENTENCES_KEPT = 4
LINES_KEPT, PAGE_LETTERS = 4, 200
NEW_PAGE = "\x0c"
FAINTEST, BRIGHTEST = 0.6, 15
# LEDs at their faintest are still well seen.


@dataclass
class Sentence:
    """A call as it was spoken from one folder, clip by clip."""

    folder: int
    clips: list[int] = field(default_factory=list)


class CallScreen:
    """All that can hang on a board with this role; it writes to what its configuration names.

    More than one MAX7219 in the chain is a matrix, a single one has eight digits: nobody calls people on 8 x 8 dots.
    `changed` is set whenever there is something else to see or to hear.
    """

    def __init__(self, board: "Board", clip_s: float = CLIP_S) -> None:
        self.board = board
        self.leds = Leds(board)
        self.voice = VoiceModule(board, clip_s, heard=self._hear)
        self.changed = self.leds.changed = self.voice.changed
        self.show = "none"
        self.lines: list[str] = []
        self.said: deque[Sentence] = deque(maxlen=SENTENCES_KEPT)
        self._page = ""

    async def run(self) -> None:
        """Show and speak, until cancelled."""
        async with asyncio.TaskGroup() as parts:
            parts.create_task(self._show())
            parts.create_task(self.voice.run())

    def lose_power(self) -> None:
        """Its board has none, so it has none."""
        self.show, self.lines, self._page = "none", [], ""
        self.leds.lose_power()
        self.voice.lose_power()

    def view(self) -> dict[str, Any]:
        """What is to be seen and heard now; what was said is told in every language that has words for it."""
        return {
            "show": self.show,
            "rows": self.leds.dots(),
            "bars": [letters(bits) for bits in self.leds.bars()],
            "lines": self.lines,
            "glow": round(FAINTEST + (1 - FAINTEST) * self.leds.light / BRIGHTEST, 2),
            "volume": self.voice.volume,
            "speaks": self.voice.playing is not None,
            "said": [
                {
                    "folder": one.folder,
                    "language": FOLDERS.get(one.folder),
                    "words": {language: in_words(one.clips, language) for language in WORDS},
                }
                for one in self.said
            ],
        }

    async def _show(self) -> None:
        async for change in self.board.listen():
            if change.uart == "matrix" and change.data:
                self.leds.take(change.data)
                self.show = "matrix" if self.leds.chips > 1 else "segments"
            elif change.uart == "panel" and change.data:
                self._write(change.data.decode("utf-8", "replace"))

    def _write(self, text: str) -> None:
        """Text on the panel: a form feed begins a page."""
        self._page = (self._page + text).rpartition(NEW_PAGE)[2][-PAGE_LETTERS:]
        self.show, self.lines = "text", self._page.splitlines()[:LINES_KEPT]
        self.changed.set()

    def _hear(self, folder: int, clip: int) -> None:
        if clip == CHIME or not self.said or self.said[-1].folder != folder:
            self.said.append(Sentence(folder))
        self.said[-1].clips.append(clip)


def letters(bits: int) -> str:
    """The bars of a digit that light, a from bit 6 down to g."""
    return "".join(bar for place, bar in enumerate("abcdefg") if bits >> (6 - place) & 1)
