"""The print head: it puts letters on a line, and burns lines, pictures and QR codes onto the roll."""

from dataclasses import dataclass, field, replace

from fleet.laptop.code_pages import BOX, letter
from fleet.laptop.dots import CELL_HEIGHT, Letter, Style, letters_band, qr_band, raster_band
from fleet.laptop.slip import Roll

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


class PrintHead:
    """The head, its settings, and the line that it is about to burn onto the roll."""

    def __init__(self, dots: int, chinese: bool) -> None:
        self.roll = Roll(dots)
        self.chinese = chinese  # many clones start in Chinese mode, where high bytes pair up until FS .
        self.now = Settings(pairs=chinese)
        self.line: list[Letter] = []
        self.half: int | None = None

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
