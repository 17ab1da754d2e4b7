"""How large an image may be on each board: the half of its flash for slots, as the board's own definition has it."""

import ast
import csv

from fleet.laptop.firmware_tree import IMAGES
from fleet.laptop.flash_layout import BLOCK_BYTES, SLOTS_BLOCKS

PARTITION = "romfs"
# By this name MicroPython maps it into memory.
NUMBER = "SLOTS_BYTES"


def slot_bytes(board: str) -> int | None:
    """The bytes of one slot; None where the board has none."""
    region = region_bytes(board)
    return None if region is None else region // 2


def region_bytes(board: str) -> int | None:
    """The bytes of both."""
    if board == "simulated":
        return SLOTS_BLOCKS * BLOCK_BYTES
    layout, partitions = IMAGES / board / "modules" / "flash_layout.py", IMAGES / board / "partitions.csv"
    if partitions.is_file():
        lines = (line for line in partitions.read_text("utf-8").splitlines() if not line.startswith("#"))
        sizes = {row[0].strip(): int(row[4], 0) for row in csv.reader(lines) if len(row) > 4}
        return sizes.get(PARTITION)
    return in_layout(layout.read_text("utf-8"))


def in_layout(text: str) -> int | None:
    """The same in the layout of an RP2."""
    for one in ast.parse(text).body:
        if isinstance(one, ast.Assign) and ast.unparse(one.targets[0]) == NUMBER:
            return eval_product(one.value)
    return None


def eval_product(node: ast.expr) -> int:
    """A number as layouts write them: 560 * 1024."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return eval_product(node.left) * eval_product(node.right)
    return int(ast.literal_eval(node))
