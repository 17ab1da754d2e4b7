"""Orders of a thermal printer (ESC/POS), and what it answers. Values in, bytes out.

Vietnamese is printed in text mode by TCVN-3: precomposed letters, the small ones on one code page and the capital
ones on the next (30 and 31 at Epson and those who follow it), so the page changes within a word. The tables are
ordered by byte; the capitals without a tone stand elsewhere than the small ones.
"""

SMALL_PAGE = 30
CAPITAL_PAGE = 31

SMALL = "ăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ"
CAPITALS = "ĂÂÊÔƠƯĐÀẢÃÁẠẰẲẴẮẶẦẨẪẤẬÈẺẼÉẸỀỂỄẾỆÌỈĨÍỊÒỎÕÓỌỒỔỖỐỘỜỞỠỚỢÙỦŨÚỤỪỬỮỨỰỲỶỸÝỴ"
# MicroPython's upper() knows ASCII only, so the capitals are written out.
SMALL_ALONE = b"\xa8\xa9\xaa\xab\xac\xad\xae"
CAPITALS_ALONE = b"\xa1\xa2\xaa\xab\xac\xad\xa7"
TONED = (
    b"\xb5\xb6\xb7\xb8\xb9\xbb\xbc\xbd\xbe\xc6\xc7\xc8\xc9\xca\xcb\xcc\xce\xcf\xd0\xd1\xd2\xd3\xd4\xd5\xd6\xd7\xd8\xdc\xdd\xde"
    b"\xdf\xe1\xe2\xe3\xe4\xe5\xe6\xe7\xe8\xe9\xea\xeb\xec\xed\xee\xef\xf1\xf2\xf3\xf4\xf5\xf6\xf7\xf8\xf9\xfa\xfb\xfc\xfd\xfe"
)
# The byte of each letter, in the order of the letters: those without a tone differ between the pages, the others not.

# Everything as it was at power-on, then Chinese mode off: clones wake up in it, and pair our letters up.
RESET = b"\x1b@\x1c."
DASHES = "–—"
LEFT, CENTRE = b"\x1ba\x00", b"\x1ba\x01"
BOLD, PLAIN = b"\x1bE\x01", b"\x1bE\x00"
CUT = b"\x1dVB\x00"
ASK_PAPER = b"\x10\x04\x04"
ASK_DONE = b"\x1dr\x01"
# The first is answered at once, even without paper; the second when everything before it is printed.

LET_GO = b"\0" * 192 + RESET + b"\n\n\n" + CUT
# After an order that was cut off: the data it still waits for, then what is printed of it is cut off.

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
        wanted, byte = small_page, place(letter, SMALL, SMALL_ALONE)
        if byte is None:
            wanted, byte = capital_page, place(letter, CAPITALS, CAPITALS_ALONE)
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


def place(letter: str, letters: str, alone: bytes) -> "int | None":
    """The letter's byte on its page, or None."""
    at = letters.find(letter)
    if at < 0:
        return None
    return alone[at] if at < len(alone) else TONED[at - len(alone)]
