"""Orders of a thermal printer (ESC/POS), and what it answers. Values in, bytes out.

Vietnamese is printed in text mode by TCVN-3: precomposed letters, the small ones on one code page and the capital
ones on the next (30 and 31 at Epson and those who follow it), so the page changes within a word. The tables are
ordered by byte; the capitals without a tone stand elsewhere than the small ones.
"""

SMALL_PAGE = 30
CAPITAL_PAGE = 31

TONED = (
    (0xB5, "àảãáạ"),
    (0xBB, "ằẳẵắ"),
    (0xC6, "ặầẩẫấậè"),
    (0xCE, "ẻẽéẹềểễếệìỉ"),
    (0xDC, "ĩíịò"),
    (0xE1, "ỏõóọồổỗốộờởỡớợù"),
    (0xF1, "ủũúụừửữứựỳỷỹýỵ"),
)
TONED_CAPITALS = (
    (0xB5, "ÀẢÃÁẠ"),
    (0xBB, "ẰẲẴẮ"),
    (0xC6, "ẶẦẨẪẤẬÈ"),
    (0xCE, "ẺẼÉẸỀỂỄẾỆÌỈ"),
    (0xDC, "ĨÍỊÒ"),
    (0xE1, "ỎÕÓỌỒỔỖỐỘỜỞỠỚỢÙ"),
    (0xF1, "ỦŨÚỤỪỬỮỨỰỲỶỸÝỴ"),
)
# MicroPython's upper() knows ASCII only, so the capitals are written out.
SMALL = ((0xA8, "ăâêôơưđ"),) + TONED
CAPITALS = ((0xA1, "ĂÂ"), (0xA7, "Đ"), (0xAA, "ÊÔƠƯ")) + TONED_CAPITALS

# Everything as it was at power-on, then Chinese mode off: clones wake up in it, and pair our letters up.
RESET = b"\x1b@\x1c."
DASHES = "–—"
LEFT, CENTRE = b"\x1ba\x00", b"\x1ba\x01"
BOLD, PLAIN = b"\x1bE\x01", b"\x1bE\x00"
CUT = b"\x1dVB\x00"
ASK_PAPER = b"\x10\x04\x04"
ASK_DONE = b"\x1dr\x01"
# The first is answered at once, even without paper; the second when everything before it is printed.

OK, LOW, OUT = "ok", "low", "out"


def size(width: int, height: int) -> bytes:
    """Letters that many times as wide and high, 1 to 8."""
    return bytes([0x1D, 0x21, (width - 1) << 4 | (height - 1)])


def feed(lines: int) -> bytes:
    """Paper forward."""
    return bytes([0x1B, 0x64, lines])


def text(value: str, small_page: int = SMALL_PAGE, capital_page: int = CAPITAL_PAGE) -> bytes:
    """The bytes that print this; a letter that the pages have not becomes `?`."""
    out = bytearray()
    page = None
    for letter in value:
        if letter in DASHES:
            letter = "-"
        code = ord(letter)
        if code < 128:
            out.append(code if code >= 32 else 63)
            continue
        wanted, byte = small_page, found(SMALL, letter)
        if byte is None:
            wanted, byte = capital_page, found(CAPITALS, letter)
        if byte is None:
            out.append(63)
            continue
        if wanted != page:
            page = wanted
            out.extend(bytes([0x1B, 0x74, page]))
        out.append(byte)
    return bytes(out)


def line(value: str) -> bytes:
    """A line of text."""
    return text(value) + b"\n"


def qr(data: str, dot: int = 6) -> bytes:
    """A QR code that the printer draws itself: model 2, level M, then the data, then print."""
    raw = data.encode()
    return (
        order(b"\x31\x41\x32\x00")
        + order(bytes([0x31, 0x43, dot]))
        + order(b"\x31\x45\x31")
        + order(b"\x31\x50\x30" + raw)
        + order(b"\x31\x51\x30")
    )


def order(body: bytes) -> bytes:
    """`GS ( k` with its length."""
    return b"\x1d(k" + bytes([len(body) & 255, len(body) >> 8]) + body


def is_real_time(byte: int) -> bool:
    """Whether a byte from the printer answers `DLE EOT`: two bits are always set in it, two never."""
    return byte & 0x93 == 0x12


def is_queued(byte: int) -> bool:
    """Whether it answers `GS r`."""
    return byte & 0x90 == 0


def paper(byte: int) -> str:
    """What an answer says of the roll: ok, low or out."""
    if is_real_time(byte):
        return OUT if byte & 0x60 else LOW if byte & 0x0C else OK
    return OUT if byte & 0x0C else LOW if byte & 0x03 else OK


def found(table: "tuple[tuple[int, str], ...]", letter: str) -> "int | None":
    """The letter's byte in runs of (first byte, letters)."""
    for first, letters in table:
        place = letters.find(letter)
        if place >= 0:
            return first + place
    return None
