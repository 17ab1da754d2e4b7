"""A thermal printer's head: bytes become slips, cut from the roll one after another.

It obeys the manuals and not our driver: what the driver gets wrong stands wrong on the paper, and `Slip.complaints`
says what could not be read.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from fleet.laptop.code_pages import BOX, letter
from fleet.laptop.dots import CELL_HEIGHT, Letter, Style, letters_band, qr_band, raster_band
from fleet.laptop.escpos_decoder import EscposDecoder, Order, Text, Unreadable
from fleet.laptop.printer_status import OK, automatic_answer, queued_answer
from fleet.laptop.slip import DOTS_80_MM, Roll

LINE_DOTS = 30
TAB_LETTERS = 8
QR_CODE = 49


@dataclass
class QrStore:
    """What `GS ( k` has set and stored."""

    module_dots: int = 3
    level: int = 48
    content: bytes = b""


@dataclass
class Settings:
    """What `ESC @` sets back."""

    style: Style = field(default_factory=Style)
    page: int = 0
    align: int = 0
    line_dots: int = LINE_DOTS
    pairs: bool = False
    qr: QrStore = field(default_factory=QrStore)


class Paper:
    """The print head over its roll: feed it bytes, take `roll.slips` and `answers` away."""

    def __init__(self, dots: int = DOTS_80_MM, chinese: bool = False) -> None:
        self.roll = Roll(dots)
        self.chinese = chinese  # many clones start in Chinese mode, where high bytes pair up until FS .
        self.answers = bytearray()
        self.paper = OK
        self.automatic = False
        self.decoder = EscposDecoder()
        self.now = Settings(pairs=chinese)
        self.line: list[Letter] = []
        self.half: int | None = None

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

    def print_text(self, data: bytes) -> None:
        """Put letters on the line."""
        for byte in data:
            if self.now.pairs and self.half is not None:
                self.half = None
                self.put(BOX)
                self.put(BOX)
            elif self.now.pairs and byte >= 0x80:
                self.half = byte
            else:
                self.put(letter(self.now.page, byte))

    def put(self, text: str) -> None:
        """One letter; a full line is printed first, as printers do."""
        one = Letter(text, self.now.style)
        if sum(other.width for other in self.line) + one.width > self.roll.dots:
            self.end_line()
        self.line.append(one)

    def tab(self) -> None:
        """Go on at the next of the eighths."""
        while len(self.line) % TAB_LETTERS != TAB_LETTERS - 1:
            self.put(" ")
        self.put(" ")

    def end_line(self) -> None:
        """Print what is on the line and feed by one line."""
        if not self.line:
            self.roll.burn(None, self.now.line_dots)
            self.roll.read("")
            return
        band = letters_band(self.line)
        spaced = band.height + self.now.line_dots - CELL_HEIGHT
        self.roll.burn(band, max(band.height, spaced), self.now.align)
        text = "".join(one.text for one in self.line).rstrip()
        self.roll.read(text, max(one.style.high for one in self.line))
        self.line = []

    def flush(self) -> None:
        """Print a line that was begun; pictures start on fresh paper."""
        if self.line:
            self.end_line()

    def reset(self) -> None:
        """ESC @: what is on the line is lost, settings are as after power-on."""
        self.line = []
        self.now = Settings(pairs=self.chinese)

    def set_style(self, **changes: int | bool) -> None:
        """Change how the next letters look."""
        self.now.style = replace(self.now.style, **changes)  # type: ignore[arg-type]

    def raster(self, data: bytes) -> None:
        """GS v 0: a picture."""
        self.flush()
        width_bytes, height = data[2] + 256 * data[3], data[4] + 256 * data[5]
        if not width_bytes or not height or data[0] not in (0, 48):
            self.roll.complain(f"a picture of {width_bytes} bytes by {height} lines")
            return
        mode = data[1] & 3
        band = raster_band(width_bytes, height, data[6:], 1 + (mode & 1), 1 + (mode >> 1))
        fits = band.crop((0, 0, min(band.width, self.roll.dots), band.height))
        self.roll.burn(fits, band.height, self.now.align)

    def qr(self, data: bytes) -> None:
        """GS ( k, cn 49: functions 165 model, 167 module, 169 level, 180 store, 181 print."""
        group, body = data[:1], data[3:]
        if group != b"k" or len(body) < 3 or body[0] != QR_CODE:
            return
        number, store = body[1], self.now.qr
        if number == 67:
            store.module_dots = min(16, max(1, body[2]))
        elif number == 69:
            store.level = body[2]
        elif number == 80:
            store.content = body[3:]
        elif number == 81:
            self.print_qr(store)

    def print_qr(self, store: QrStore) -> None:
        """Burn the stored code; one that does not fit the paper is not printed, as on real printers."""
        self.flush()
        try:
            band = qr_band(store.content, store.module_dots, store.level)
        except ValueError as err:
            self.roll.complain(f"QR code of {len(store.content)} bytes: {err}")
            return
        if band.width > self.roll.dots:
            self.roll.complain(f"QR code {band.width} dots wide on paper of {self.roll.dots}")
            return
        self.roll.burn(band, band.height, self.now.align)
        self.roll.codes.append(store.content)


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
