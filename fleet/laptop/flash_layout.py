"""How the flash of a simulated board is divided: the blocks of its files, and behind them those of its regions."""

from pathlib import Path

BLOCK_BYTES = 4096
BLOCKS = 256
KEPT_BLOCKS = 72
# For events and for what a board keeps beside its files.
SLOTS_BLOCKS = 160
# Behind them: two applications, side by side.
REGION_BLOCKS = KEPT_BLOCKS + SLOTS_BLOCKS
SLOTS_OFFSET = (BLOCKS + KEPT_BLOCKS) * BLOCK_BYTES
ERASED = b"\xff" * BLOCK_BYTES


def complete(path: Path) -> None:
    """A flash from before there were as many regions gets them behind its end, erased."""
    with path.open("ab") as file:
        file.write(ERASED * (BLOCKS + REGION_BLOCKS - file.tell() // BLOCK_BYTES))
