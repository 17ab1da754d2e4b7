"""A roll of thermal paper and the slips that are cut from it."""

from dataclasses import dataclass

from PIL import Image

from fleet.laptop.dots import WHITE

DOTS_58_MM = 384
DOTS_80_MM = 576
LONGEST_SLIP_DOTS = 8000
# A metre. A stream that never cuts is torn off here, so that it fills no memory.

MOST_COMPLAINTS = 20


@dataclass(frozen=True)
class PrintedLine:
    """A line of text as it can be read on the paper; `high` is how many times its biggest letter was made taller."""

    text: str
    high: int = 1


@dataclass(frozen=True, eq=False)
class Slip:
    """A piece of paper in somebody's hand: what can be read on it, and its dots."""

    lines: tuple[PrintedLine, ...]
    codes: tuple[bytes, ...]
    picture: Image.Image
    complaints: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """All that can be read, line by line."""
        return "\n".join(line.text for line in self.lines)


class Roll:
    """Paper under the print head. `slips` are the pieces cut so far; the owner takes them away."""

    def __init__(self, dots: int) -> None:
        self.dots = dots
        self.slips: list[Slip] = []
        self.begin()

    def burn(self, band: Image.Image | None, feed_dots: int, align: int = 0) -> None:
        """Put dots left (0), centred (1) or right (2) onto the paper, which goes on by `feed_dots`."""
        if self.used and self.used + feed_dots > LONGEST_SLIP_DOTS:
            self.complain("no cut within a metre of paper")
            self.cut()
        if band is not None:
            spare = max(0, self.dots - band.width)
            self.bands.append((spare * align // 2, self.used, band))
        self.used += feed_dots

    def read(self, text: str, high: int = 1) -> None:
        """Note what a person reads on the line that was just printed."""
        self.lines.append(PrintedLine(text, high))

    def complain(self, sentence: str) -> None:
        """Note what was wrong with this piece; the first twenty are enough."""
        if len(self.complaints) < MOST_COMPLAINTS:
            self.complaints.append(sentence)

    def cut(self) -> None:
        """Cut what was printed; paper without anything on it is no slip."""
        if self.bands:
            picture = Image.new("L", (self.dots, min(self.used, LONGEST_SLIP_DOTS)), WHITE)
            for left, top, band in self.bands:
                picture.paste(band, (left, top))
            self.slips.append(Slip(tuple(self.lines), tuple(self.codes), picture, tuple(self.complaints)))
        self.begin()

    def begin(self) -> None:
        """Fresh paper."""
        self.bands: list[tuple[int, int, Image.Image]] = []
        self.lines: list[PrintedLine] = []
        self.codes: list[bytes] = []
        self.complaints: list[str] = []
        self.used = 0
