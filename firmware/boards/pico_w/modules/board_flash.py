"""The part of the storage that holds files, and what `choosing` asks of the board. RP2 programs pages of 256 bytes."""

import rp2
from flash_layout import BOARD, FILES_BYTES

GEOMETRY = {"progsize": 256}
FACTORY = ".frozen"
flash = rp2.Flash(start=0, len=FILES_BYTES)


def kept():  # type: ignore[no-untyped-def]
    """The region for what is kept."""
    from firmware.hardware.rp2 import kept

    return kept()


def slots() -> "memoryview | None":
    """Both slots, as they lie in memory."""
    from firmware.hardware.board import mapped_slots

    found = mapped_slots()
    return None if found is None else memoryview(found)


def failures() -> int:
    """The failures in a row."""
    from firmware.hardware.rp2 import failures

    return failures(BOARD)


def guard(ms: int) -> None:
    """The board is reset unless its watchdog is fed by then."""
    import machine

    machine.WDT(timeout=ms)
