"""What a device must still know after its filesystem is lost: who it is, its boots, and its configuration.

On a board with a region for it these are records in the region, on others small files. What does that is lent for each
use: a device reads them at its start and hardly ever writes.

The technician's cable knows only files. What it wrote wins and moves into the region at the next boot.
"""

from firmware.sparing import lent


def found(board):  # type: ignore[no-untyped-def]
    """`get(name)` and `put(name, value)`, for one use: two that are open would write over one another."""
    region = board.region("kept")
    if region is None:
        return lent("kept_files").KeptFiles(board.root)
    return lent("kept_region").KeptRegion(region)
