"""The printer at the cable: how it is, a code for the reader, and the label.

All is printed in a way that any printer knows, as dots and plain letters on 58 mm, unless the host says what it can.
"""

from firmware.cable.selftest import FAIL, PASS
from firmware.clock import Clock
from firmware.drivers import escpos
from firmware.drivers.printer import UNKNOWN, Printer
from firmware.sparing import const
from firmware.writing import CODE, GAP, RULE, STRONG, TEXT, TITLE
from firmware.writing.pens import pen_for

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from firmware.cable.selftest import SelfTest
    from firmware.cable.talk import Talk

_ANY_PRINTER = {"width": 384, "text": "ascii", "qr": "raster"}
_PRINTED_MS = const(10_000)
_NO_PAPER = const("no paper")


class Paper:
    """The printer, for a slip. `trouble`: why there can be none."""

    def __init__(self, board, clock: Clock, printer: "Any") -> None:  # type: ignore[no-untyped-def]
        self.turns = 0
        self._how = dict(printer) if type(printer) is dict else _ANY_PRINTER
        self._printer = Printer(board.uart("printer"), clock, self)
        self.trouble = ""

    async def look(self) -> str:
        """How its paper is; what is wrong with it is in `trouble`."""
        await self._printer.look()
        self.trouble = _NO_PAPER if self._printer.paper == escpos.OUT else self._printer.trouble
        return self._printer.paper

    async def print(self, paper: "list[tuple[int, str]]") -> bool:
        """Print it; whether the printer says that it did."""
        pen = pen_for(self._how)
        try:
            await self._printer.send(pen.pieces(paper), escpos.ASK_DONE)
        finally:
            pen.close()
        return await self._printer.answers(1, _PRINTED_MS if self._printer.paper != UNKNOWN else 0) == 1


async def printer(test: "SelfTest") -> "tuple[str, str]":
    """Its paper and its state, and a slip with a code that the reader may read."""
    paper = Paper(test.board, test.clock, test.printer)
    state = await paper.look()
    if paper.trouble:
        return FAIL, paper.trouble
    code = "MCT-%s-%04X" % (test.board.hw()[-4:].upper(), test.board.random(1 << 16))
    done = await paper.print([(STRONG, "MOTCUA"), (TEXT, test.offer.device), (CODE, code), (TEXT, code)])
    test.code = code
    found = "paper %s, printed %s" % (state, code)
    if done:
        return PASS, found
    if state != UNKNOWN:
        return FAIL, found + ", and does not say that it did"
    return await test.confirmed("printer", "is %s on the paper?" % code, found)


async def print_label(talk: "Talk", said: "dict[str, Any]") -> None:
    """Print the label and what was agreed upon. Raises Refused. Nothing of it is a secret."""
    from firmware.cable.talk import Refused

    offer, address = talk.offer(), said.get("address")
    paper = Paper(talk.board, Clock(talk.board.ticks, talk.board.ticks_diff), said.get("printer"))
    await paper.look()
    if paper.trouble:
        raise Refused("printer", paper.trouble)
    code = address if type(address) is str and offer.claim in address else offer.claim
    lines = [(TITLE, offer.device), (TEXT, offer.office)]
    if offer.counter:
        lines.append((TEXT, offer.counter))
    lines += [(TEXT, ", ".join(offer.roles)), (GAP, ""), (CODE, code), (STRONG, offer.claim), (RULE, "")]
    lines += [(TEXT, talk.board.name + " " + talk.board.hw()), (TEXT, offer.network["host"])]
    if not await paper.print([line for line in lines if line[1] or line[0] in (GAP, RULE)]) and paper.trouble:
        raise Refused("printer", paper.trouble)
