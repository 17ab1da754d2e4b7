"""Paper of a thermal printer: bytes become slips, cut from the roll one after another.

It obeys the manuals and not our driver: what the driver gets wrong stands wrong on the paper, and `Slip.complaints`
says what could not be read.
"""

from collections.abc import Callable

from fleet.laptop.escpos_decoder import EscposDecoder, Order, Text, Unreadable
from fleet.laptop.print_head import LINE_DOTS, PrintHead
from fleet.laptop.printer_status import OK, automatic_answer, queued_answer
from fleet.laptop.slip import DOTS_80_MM


class Paper(PrintHead):
    """A printer without its line: feed it bytes, take `roll.slips` and `answers` away. `paper` is how the roll is."""

    def __init__(self, dots: int = DOTS_80_MM, chinese: bool = False) -> None:
        super().__init__(dots, chinese)
        self.paper = OK
        self.answers = bytearray()
        self.automatic = False
        self.decoder = EscposDecoder()

    def feed(self, data: bytes) -> None:
        """Print these bytes."""
        for item in self.decoder.feed(data):
            if isinstance(item, Text):
                self.print_text(item.data)
            elif isinstance(item, Unreadable):
                self.roll.complain(str(item))
            else:
                self.obey(item)

    def obey(self, order: Order) -> None:
        """Do what a command says; commands without an entry change nothing that this printer has."""
        self.half = None
        work = ORDERS.get(order.name)
        if work is not None:
            work(self, order.data)


def cut_after_feed(paper: Paper, data: bytes) -> None:
    """GS V: the forms with n feed to the cutter and n dots more."""
    paper.flush()
    if len(data) > 1:
        paper.roll.burn(None, data[1])
    paper.roll.cut()


def feed_lines(paper: Paper, count: int) -> None:
    """ESC d n: print, and feed n lines in all."""
    if paper.line and count:
        paper.end_line()
        count -= 1
    paper.flush()
    for _ in range(count):
        paper.end_line()


def feed_dots(paper: Paper, dots: int) -> None:
    """ESC J n: print, and feed n dots."""
    paper.flush()
    paper.roll.burn(None, dots)


def answer(paper: Paper, n: int) -> None:
    """GS r n: its turn has come."""
    paper.answers += queued_answer(n, paper.paper)


def answer_always(paper: Paper, n: int) -> None:
    """GS a n: tell the status now and whenever it changes, or (0) no longer."""
    paper.automatic = n != 0
    if paper.automatic:
        paper.answers += automatic_answer(paper.paper)


ORDERS: dict[str, Callable[[Paper, bytes], object]] = {
    "LF": lambda paper, _: paper.end_line(),
    "HT": lambda paper, _: paper.tab(),
    "CAN": lambda paper, _: paper.line.clear(),
    "ESC @": lambda paper, _: paper.reset(),
    "ESC t": lambda paper, data: setattr(paper.now, "page", data[0]),
    "ESC a": lambda paper, data: setattr(paper.now, "align", data[0] % 48 if data[0] % 48 < 3 else paper.now.align),
    "ESC 2": lambda paper, _: setattr(paper.now, "line_dots", LINE_DOTS),
    "ESC 3": lambda paper, data: setattr(paper.now, "line_dots", data[0]),
    "ESC !": lambda paper, data: paper.set_style(
        bold=bool(data[0] & 0x08),
        high=2 if data[0] & 0x10 else 1,
        wide=2 if data[0] & 0x20 else 1,
        underlined=bool(data[0] & 0x80),
    ),
    "GS !": lambda paper, data: paper.set_style(wide=1 + (data[0] >> 4 & 7), high=1 + (data[0] & 7)),
    "ESC E": lambda paper, data: paper.set_style(bold=bool(data[0] & 1)),
    "ESC G": lambda paper, data: paper.set_style(bold=bool(data[0] & 1)),
    "ESC -": lambda paper, data: paper.set_style(underlined=data[0] % 48 in (1, 2)),
    "GS B": lambda paper, data: paper.set_style(reversed=bool(data[0] & 1)),
    "ESC d": lambda paper, data: feed_lines(paper, data[0]),
    "ESC J": lambda paper, data: feed_dots(paper, data[0]),
    "ESC i": lambda paper, _: cut_after_feed(paper, b""),
    "ESC m": lambda paper, _: cut_after_feed(paper, b""),
    "GS V": cut_after_feed,
    "GS v": lambda paper, data: paper.raster(data),
    "GS (": lambda paper, data: paper.qr(data),
    "GS a": lambda paper, data: answer_always(paper, data[0]),
    "GS r": lambda paper, data: answer(paper, data[0]),
    "FS &": lambda paper, _: setattr(paper.now, "pairs", True),
    "FS .": lambda paper, _: setattr(paper.now, "pairs", False),
}
# What this printer can do. CR alone does nothing, as on printers whose automatic line feed is off.
