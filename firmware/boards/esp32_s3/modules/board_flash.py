"""The partition that holds files, and what `choosing` asks of the board.

MicroPython makes that partition of all flash behind the last one of the table.
"""

import flashbdev

GEOMETRY: "dict[str, int]" = {}
FACTORY = ".frozen"
flash = flashbdev.bdev


def kept():  # type: ignore[no-untyped-def]
    """The region for what is kept."""
    from firmware.hardware.esp32 import kept

    return kept()


def slots() -> "memoryview | None":
    """Both slots, as they lie in memory."""
    from firmware.hardware.board import mapped_slots

    found = mapped_slots()
    return None if found is None else memoryview(found)


def failures() -> int:
    """The failures in a row."""
    from firmware.hardware.esp32 import failures

    return failures()


def guard(ms: int) -> None:
    """The board is reset unless its watchdog is fed by then."""
    import machine

    machine.WDT(timeout=ms)
