"""What each role takes on each board: bytecode, blocks of the filesystem, and its share of what the board has."""

from fleet.laptop.needed import roles
from fleet.laptop.package import BLOCK_BYTES, BOARDS, build
from tests.bench.figures import figure, progress

FITS_SHARE = 0.5
# A package may take half of a board's files; the other half is for events and for the package that will replace it.


def run() -> None:
    """One board after the other; each role alone, and all of them."""
    known = roles()
    wanted = [[role] for role in known] + [known]
    for board in [board for board in BOARDS if board != "simulated"]:
        for some in wanted:
            progress(f"{board}: {', '.join(some)}")
            package = build(board, some)
            fields = {"board": board, "roles": ",".join(some)}
            share = package.blocks / BOARDS[board].blocks
            figure("package_mpy_bytes", package.mpy_bytes, "bytes", len(package.files), **fields)
            figure("package_flash_blocks", package.blocks, f"blocks of {BLOCK_BYTES} bytes", 1, **fields)
            figure("package_flash_share", share, "share", 1, **fields, fits=share <= FITS_SHARE)
    progress("")
