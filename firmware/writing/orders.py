"""Orders by which a paper is made on a thermal printer (ESC/POS). Values in, bytes out."""

LEFT, CENTRE = b"\x1ba\x00", b"\x1ba\x01"
BOLD, PLAIN = b"\x1bE\x01", b"\x1bE\x00"
PICTURE_HEAD = 8
# Bytes of `GS v 0` before its dots: mode, bytes of a row, rows.


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
