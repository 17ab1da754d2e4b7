"""Text with the printer's own letters."""

from firmware.drivers import escpos
from firmware.writing import MARK, NUMBER, TEXT, TITLE, orders
from firmware.writing.pens import CELL_DOTS, LINE_DOTS, Pen
from firmware.writing.wrapping import wrapped


class LettersPen(Pen):
    """The printer's own letters: Vietnamese on its TCVN-3 pages, or plain ASCII."""

    def __init__(self, printer, ascii: bool) -> None:  # type: ignore[no-untyped-def]
        Pen.__init__(self, printer)
        self._ascii = ascii

    def begin(self) -> bytes:
        """A line begins in the middle."""
        return escpos.RESET + orders.CENTRE

    def line(self, text: str, size: int = TEXT):  # type: ignore[no-untyped-def]
        """The text, in as many lines as it needs."""
        from firmware.writing.plain import plain, plain_marks
        from firmware.writing.tcvn3 import CAPITAL_PAGE, SMALL_PAGE
        from firmware.writing.tcvn3 import text as text_bytes

        text = plain(text) if self._ascii else plain_marks(text)
        wide = high = 1
        if size == NUMBER:
            wide = high = max(1, min(5, self.width // CELL_DOTS // len(text)))
        elif size in (TITLE, MARK):
            wide, high = (1 if size == TITLE else 2), 2
        out = orders.size(wide, high) if high > 1 else orders.BOLD if size else b""
        pages = self.printer.get("small_page", SMALL_PAGE), self.printer.get("capital_page", CAPITAL_PAGE)
        for part in wrapped(text, len, self.width // CELL_DOTS // wide):
            out += (part.encode() if self._ascii else text_bytes(part, *pages)) + b"\n"
            self.fed += LINE_DOTS + (high - 1) * 2 * CELL_DOTS
        yield out + (orders.size(1, 1) if high > 1 else orders.PLAIN if size else b"")

    def gap(self) -> bytes:
        """A little paper between two parts."""
        self.fed += LINE_DOTS
        return orders.feed(1)

    def rule(self) -> bytes:
        """A line from edge to edge."""
        self.fed += LINE_DOTS
        return b"-" * (self.width // CELL_DOTS) + b"\n"
