"""Orders of a thermal printer (ESC/POS), and what it answers. Values in, bytes out."""

from firmware.sparing import const

# Everything as it was at power-on, then Chinese mode off: clones wake up in it, and pair our letters up.
RESET = b"\x1b@\x1c."
LEFT, CENTRE = b"\x1ba\x00", b"\x1ba\x01"
BOLD, PLAIN = b"\x1bE\x01", b"\x1bE\x00"
PICTURE_HEAD = 8
# Bytes of `GS v 0` before its dots: mode, bytes of a row, rows.
CUT = b"\x1dVB\x00"
ASK_PAPER = b"\x10\x04\x04"
ASK_STATE = b"\x10\x04\x01"
ASK_DONE = b"\x1dr\x01"
# The first is answered at once, even without paper; the second when everything before it is printed.

LET_GO = b"\0" * 192 + RESET + b"\n\n\n" + CUT
# After an order that was cut off: the data it still waits for, then what is printed of it is cut off.

_OK = const("ok")
_LOW = const("low")
OUT = "out"


def size(width: int, height: int) -> bytes:
    """Letters that many times as wide and high, 1 to 8."""
    return bytes([0x1D, 0x21, (width - 1) << 4 | (height - 1)])


def feed(lines: int) -> bytes:
    """Paper forward."""
    return bytes([0x1B, 0x64, lines])


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


def is_offline(byte: int) -> bool:
    """Whether the printer prints nothing now, by its answer to the question for its state."""
    return byte & 0x08 != 0


def paper(byte: int) -> str:
    """What an answer says of the roll: ok, low or out."""
    if is_real_time(byte):
        return OUT if byte & 0x60 else _LOW if byte & 0x0C else _OK
    return OUT if byte & 0x0C else _LOW if byte & 0x03 else _OK
