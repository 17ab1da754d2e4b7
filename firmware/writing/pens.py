"""Two ways to write on paper, alike from outside: with the printer's own letters, or with letters of ours as dots.

A pen gives the bytes in small pieces, one line of text or less at a time, so that no ticket is ever whole in memory.
`fed` counts the dots of paper that they take, and `problem` says what could not be done as wished.
"""

from firmware.drivers import escpos
from firmware.sparing import const
from firmware.writing import CODE, GAP, RULE, orders

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_WIDTH_DOTS = const(576)
LINE_DOTS = 30
CELL_DOTS = 12
_CODE_DOTS = const(6)
_LINES_TO_CUTTER = const(2)
_LINES_TO_TEAR = const(5)
# The cut itself feeds to the knife; without one the paper must pass the edge at which it is torn.


def pen_for(printer):  # type: ignore[no-untyped-def]
    """The pen that this printer needs; the other is not loaded. Without a file of letters it writes plain ones."""
    if printer.get("text") != "raster":
        from firmware.writing.letters import LettersPen

        return LettersPen(printer, printer.get("text") == "ascii")
    from firmware.writing.raster import DotsPen, NoFont

    try:
        return DotsPen(printer)
    except NoFont as err:
        from firmware.writing.letters import LettersPen

        pen = LettersPen(printer, True)
        pen.problem = str(err)
        return pen


class Pen:
    """What both ways have in common."""

    def __init__(self, printer) -> None:  # type: ignore[no-untyped-def]
        self.printer = printer
        self.width = printer.get("width", _WIDTH_DOTS)
        self.fed = 0
        self.problem = ""

    def pieces(self, paper):  # type: ignore[no-untyped-def]
        """All bytes of a paper, to be sent one piece after another."""
        pen: "Any" = self  # both kinds of pen write lines, rules and gaps, each in its way
        yield pen.begin()
        for what, text in paper:
            if what == RULE:
                yield pen.rule()
            elif what == GAP:
                yield pen.gap()
            elif what == CODE:
                yield from self.code(text)
            else:
                yield from pen.line(text, what)
        yield self.end()

    def close(self) -> None:
        """Nothing more is written."""

    def code(self, text: str):  # type: ignore[no-untyped-def]
        """A QR code; one of the printer's own where it has them."""
        if self.printer.get("qr") != "raster":
            self.fed += 50 * _CODE_DOTS
            yield orders.qr(text, _CODE_DOTS)
        else:
            from firmware.writing.raster import code

            self.fed += 200
            yield from code(text, self.width)

    def end(self) -> bytes:
        """The paper is cut off, or fed to where it can be torn off."""
        cutter = self.printer.get("cutter", True)
        lines = _LINES_TO_CUTTER if cutter else _LINES_TO_TEAR
        self.fed += lines * LINE_DOTS + (LINE_DOTS * 3 if cutter else 0)
        return orders.feed(lines) + (escpos.CUT if cutter else b"")
