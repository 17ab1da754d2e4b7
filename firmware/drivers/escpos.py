"""What a thermal printer (ESC/POS) is asked, and what it answers; how a paper is made is in `writing.orders`."""

from firmware.sparing import const

# Everything as it was at power-on, then Chinese mode off: clones wake up in it, and pair our letters up.
RESET = b"\x1b@\x1c."
CUT = b"\x1dVB\x00"
ASK_PAPER = b"\x10\x04\x04"
ASK_STATE = b"\x10\x04\x01"
ASK_DONE = b"\x1dr\x01"
# The first is answered at once, even without paper; the second when everything before it is printed.


_OK = const("ok")
_LOW = const("low")
OUT = "out"


def let_go() -> bytes:
    """After an order that was cut off: the data it still waits for, then what is printed of it is cut off."""
    return b"\0" * 192 + RESET + b"\n\n\n" + CUT


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
