"""What `choosing` asks of a simulated board: its environment says where the flash is, and where in memory the slots."""

import os

FACTORY = "/rom"
# Where the factory's application lies; on chips it is frozen.


def kept():  # type: ignore[no-untyped-def]
    """The region for what is kept."""
    from firmware.hardware.simulated_regions import opened, region

    return region(opened(os.getenv("MOTCUA_FLASH")), "kept")


def slots() -> "memoryview | None":
    """Both slots, as they lie in memory; None without regions."""
    where = os.getenv("MOTCUA_SLOTS")
    if not where:
        return None
    import uctypes

    place, size = [int(part) for part in where.split(":")]
    return memoryview(uctypes.bytearray_at(place, size))


def failures() -> int:
    """The failures in a row."""
    return int((os.getenv("MOTCUA_RESET") or "power 0").split(" ")[1])


def guard(ms: int) -> None:
    """The board is reset unless its watchdog is fed by then."""
    place = os.getenv("MOTCUA_WATCHDOG")
    if place is not None:
        import uctypes

        uctypes.bytearray_at(int(place), 5)[1:] = ms.to_bytes(4, "big")
