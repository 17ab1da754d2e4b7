"""A page by which a technician sees what a printer can: each way to print, with its number.

It is printed when the reprint key is held for three seconds. The instructions are in plain ASCII, which every printer
has; the numbers are those of the guide.
"""

from firmware import VERSION
from firmware.drivers import escpos
from firmware.sparing import const
from firmware.writing import orders
from firmware.writing.pens import pen_for
from protocols.trial_page import CODES, LETTERS, WIDTHS

_SAMPLE = const("Đường Nguyễn Ái Quốc: ẵ ặ ự Ỹ ƯU TIÊN")
_NARROW = const(384)


def pieces(device: str):  # type: ignore[no-untyped-def]
    """The page, in pieces to be sent one after another."""
    yield escpos.RESET + b"MOTCUA " + VERSION.encode() + b"  " + device.encode() + b"\n"
    yield b"Dong nao dung chu Viet? / Which\nline reads right?\n"
    for number, text, small, capital in LETTERS:
        pen = pen_for({"text": text, "small_page": small, "capital_page": capital, "width": _NARROW})
        try:
            yield b"\n%d:\n" % number + pen.begin()
            yield from pen.line(_SAMPLE)
        finally:
            pen.close()
        yield orders.LEFT
    yield b"\nMa QR nao hien ra? / Which QR code\nis there?\n"
    for number, way in CODES:
        yield b"\n%d:\n" % number
        yield from pen_for({"width": _NARROW, "text": "ascii", "qr": way}).code("MOTCUA %d" % number)
    yield b"\nVach nao du hai dau? / Which bar\nhas both ends?\n"
    for number, width in WIDTHS:
        yield b"\n%d:\n" % number
        yield bar(width)
    yield b"\nCo dao cat thi giay dut o day.\nPaper is cut here if there is a knife.\n"
    yield orders.feed(5) + escpos.CUT


def bar(dots: int) -> bytes:
    """A thin line with a mark at both ends."""
    stride = dots // 8
    end = b"\xff" + b"\x00" * (stride - 2) + b"\xff"
    rows = end * 6 + b"\xff" * stride * 2 + end * 6
    return b"\x1dv0\x00" + bytes([stride & 255, stride >> 8, 14, 0]) + rows
