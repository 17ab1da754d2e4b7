"""What lies in the heap of a simulated board: the VM prints its map and stands still while its memory is read.

A block is known by the address of its type, which stands in its first word, or by what points to it: a dictionary to
its table, a module to its names, a class to its methods. The 64-bit VM's words are 8 bytes and its blocks 32.
"""

import asyncio
import re
import struct
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from tests.firmware.hard_day import EPOCH, STORED, config, prepare_flash, state
from tests.firmware.one_board import office, settled

BLOCK_BYTES, WORD_BYTES = 32, 8
HEAP = "256k"
POOL_HEAD_BYTES, NAME_BYTES = 48, 11
POOLS = {-(-(POOL_HEAD_BYTES + NAME_BYTES * 20 * 2**power) // BLOCK_BYTES) for power in range(8)}
# Blocks of the tables of names, each twice as large as the one before.
WALKED_WITHIN_S = 60
ROUNDS = 8
# The map is drawn when the board has fed its watchdog so often: it is connected then, and idle.
STILL_MS = 4_000
DRAWS = f"""
import gc, micropython, time
import firmware.hardware.simulated as simulated
fed = simulated.Board.feed_watchdog
def types():
    def generator():
        yield 1
    def outer():
        one = 1
        return lambda: one
    class Kind:
        def method(self):
            pass
        @property
        def known(self):
            return 1
    kinds = dict(dicts={{}}, lists=[], tuples=(1,), texts="x" * 40, bytes=b"x", bytearrays=bytearray(1), types=Kind)
    kinds.update(modules=gc, functions=types, coroutines=generator(), generators=generator, closures=outer())
    kinds.update(sets={{1}})
    kinds.update(floats=1.5, methods=Kind().method, properties=Kind.__dict__["known"], views=memoryview(b"x"))
    print("TYPES")
    for name in kinds:
        print("TYPE", name, id(type(kinds[name])))
rounds = [0]
def draw(board):
    fed(board)
    rounds[0] += 1
    if rounds[0] == {ROUNDS}:
        types()
        gc.collect()
        gc.collect()
        micropython.mem_info(1)
        micropython.qstr_info()
        print("DRAWN")
        time.sleep_ms({STILL_MS})
simulated.Board.feed_watchdog = draw
"""


@dataclass(frozen=True)
class Walk:
    """`kinds`: how many there are of each, and their bytes. `names`: all that the VM keeps in RAM."""

    kinds: dict[str, tuple[int, int]]
    names: int


async def walked(directory: Path, roles: tuple[str, ...]) -> Walk:
    """Start a board with these roles on an office's state, and walk through its heap when it is idle."""
    prepare_flash(directory / "bench" / "b-1.flash", "b-1", STORED)
    told = {"epoch": EPOCH, "config": config(roles, None), "state": state()}
    async with office(directory, roles, heap=HEAP, sabotage=DRAWS, **told) as (fleet, board, _):
        await settled(fleet, board)
        log = directory / "bench" / "b-1.log"
        before = log.read_text().count("DRAWN")
        async with asyncio.timeout(WALKED_WITHIN_S):
            while log.read_text().count("DRAWN") == before:
                await asyncio.sleep(0.05)
        said = log.read_text().rpartition("DRAWN")[0]
        said = said[said.rindex("TYPES") :]
        return walk(said, Path(f"/proc/{board.pid}/mem"))


def walk(said: str, memory: Path) -> Walk:
    """What the blocks of this map are."""
    start = int(found(r"GC memory layout; from ([0-9a-f]+)", said), 16)
    blocks = sizes(said, start)
    with memory.open("rb") as file:
        file.seek(start)
        heap = file.read(max(blocks) + blocks[max(blocks)] - start)

    def word(at: int, number: int) -> int:
        place = at - start + WORD_BYTES * number
        return int(struct.unpack_from("<Q", heap, place)[0]) if 0 <= place <= len(heap) - WORD_BYTES else 0

    names = {int(address): name for name, address in re.findall(r"TYPE (\w+) (\d+)", said)}
    kinds = {at: names[word(at, 0)] for at in blocks if word(at, 0) in names}
    classes = [at for at, kind in kinds.items() if kind == "types"]
    kinds.update({at: "instances" for at in blocks if word(at, 0) in classes})
    whose = dict(kinds)
    # By whom it is pointed at: the word of the owner, and what stands there.
    parts = {
        "dicts": {3: "tables of dicts"},
        "modules": {2: "names that the code of modules uses", 3: "lists of constants"},
        "lists": {3: "items of lists"},
        "instances": {3: "attributes of instances"},
        "texts": {3: "letters of texts"},
        "bytes": {3: "letters of texts"},
        "bytearrays": {3: "buffers"},
    }
    for at, kind in kinds.items():
        for number, what in parts.get(kind, {}).items():
            if word(at, number) in blocks:
                whose.setdefault(word(at, number), what)
    for owner, what, places in [("modules", "modules", (1,)), ("types", "classes", range(2, 16))]:
        for at in [one for one, kind in kinds.items() if kind == owner]:
            for number in places:
                table = word(at, number)
                if kinds.get(table) == "dicts" and WORD_BYTES * number < blocks[at]:
                    whose[table] = f"dicts of {what}"
                    whose[word(table, 3)] = f"tables of {what}"
    for at, size in blocks.items():
        if at not in whose:
            whose[at] = "tables of names" if size // BLOCK_BYTES in POOLS and size > 256 else "other"
    count: defaultdict[str, int] = defaultdict(int)
    total: defaultdict[str, int] = defaultdict(int)
    for at, size in blocks.items():
        count[whose[at]] += 1
        total[whose[at]] += size
    return Walk({what: (count[what], total[what]) for what in count}, int(found(r"n_qstr=(\d+)", said)))


def sizes(said: str, start: int) -> dict[int, int]:
    """Where each piece of memory that is in use begins, and its bytes."""
    blocks: dict[int, int] = {}
    last = 0
    for row, marks in re.findall(r"^([0-9a-f]{8}): (\S+)", said, re.MULTILINE):
        for number, mark in enumerate(marks):
            at = start + int(row, 16) + BLOCK_BYTES * number
            if mark == "=":
                blocks[last] += BLOCK_BYTES
            elif mark != ".":
                blocks[at] = BLOCK_BYTES
                last = at
    return blocks


def found(pattern: str, text: str) -> str:
    """What stands there; a sentence if it does not."""
    match = re.search(pattern, text)
    if match is None:
        raise ValueError(f"expected {pattern} in what the VM said, found {text[-300:]!r}")
    return match[1]
