"""How few bytes an update could take: what compression and deltas would spare between neighbouring real images.

The images are those of the last commits that changed what devices run, built from their own sources; without a history
of the sources only what one image compresses to is measured. What of it a device could use is said in docs/figures.md.
"""

import hashlib
import io
import itertools
import subprocess
import sys
import tarfile
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path

from fleet.laptop import firmware_tree
from tests.bench.figures import figure, progress

NEIGHBOURS = 12
BLOCK_BYTES = 4096
WHOLE_BITS, SMALL_BITS = 15, 10
# The window of zlib: 32 KiB of a device's heap, and 1 KiB.

BUILD = """\
import sys
from pathlib import Path
from fleet.laptop import firmware_tree

print(firmware_tree.build(Path(sys.argv[1])))
"""


def run() -> None:
    """Print what each way would carry."""
    with tempfile.TemporaryDirectory() as name:
        trees = neighbours(Path(name))
        image = (trees[0] / firmware_tree.ROM).read_bytes()
        tell("none", len(image), len(image), 1)
        for way, carried in ALONE.items():
            tell(way, carried(image), len(image), 1)
        if len(trees) < 2:
            figure("update_delta_bytes", 0, "bytes", 0, note="not run: no history of the sources")
            return
        far = (trees[0], trees[-1])
        for way, delta in BETWEEN.items():
            sizes = sorted(delta(old, new) for new, old in itertools.pairwise(trees))
            where = {"most": sizes[-1], "least": sizes[0], "commits_apart": 1}
            tell(way, sizes[len(sizes) // 2], len(image), len(sizes), **where)
            tell(way, delta(far[1], far[0]), len(image), 1, commits_apart=len(trees) - 1)


def tell(way: str, size: int, whole: int, n: int, **fields: object) -> None:
    """One figure."""
    figure("update_image_bytes", size, "bytes", n, way=way, share=round(size / whole, 3), **fields)


def neighbours(folder: Path) -> list[Path]:
    """Compiled trees, the newest first: that of now, and those of the commits before that changed it."""
    trees = [firmware_tree.build(folder / "now")]
    log = git("log", f"-{NEIGHBOURS + 1}", "--format=%h", "--", *firmware_tree.PACKAGES).split()
    for commit in log:
        progress(f"the image of {commit}")
        tree = built(folder / commit, commit)
        if (tree / firmware_tree.ROM).read_bytes() != (trees[-1] / firmware_tree.ROM).read_bytes():
            trees.append(tree)
    progress("")
    return trees


def built(folder: Path, commit: str) -> Path:
    """The tree of a commit, by the builder of that commit."""
    packed = subprocess.run(["git", "archive", commit], cwd=firmware_tree.ROOT, capture_output=True, check=True)
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as sources:
        sources.extractall(folder, filter="data")
    command = [sys.executable, "-c", BUILD, str(folder / "built")]
    done = subprocess.run(
        command, cwd=folder, env={"PYTHONPATH": str(folder)}, capture_output=True, text=True, check=True
    )
    return Path(done.stdout.strip())


def git(*words: str) -> str:
    """What git says; nothing where there is no history."""
    done = subprocess.run(["git", *words], cwd=firmware_tree.ROOT, capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else ""


# What one image takes alone


def compressed(data: bytes, bits: int = WHOLE_BITS) -> int:
    """Bytes of zlib with this window."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, bits)
    return len(squeeze.compress(data) + squeeze.flush())


def blocks(data: bytes) -> list[bytes]:
    """The image as its slot is erased."""
    return [data[at : at + BLOCK_BYTES] for at in range(0, len(data), BLOCK_BYTES)]


def block_by_block(data: bytes) -> int:
    """Each block for itself, so that a download goes on at any."""
    return sum(compressed(block, 12) for block in blocks(data))


ALONE: dict[str, Callable[[bytes], int]] = {
    "zlib, window 32 KiB": compressed,
    "zlib, window 1 KiB": lambda image: compressed(image, SMALL_BITS),
    "zlib, each 4 KiB for itself": block_by_block,
}

# What is new in an image beside the one before


def new_blocks(old: Path, new: Path) -> list[bytes]:
    """Blocks that the old image does not have at a block's place."""
    known = {hashlib.sha256(block).digest() for block in blocks((old / firmware_tree.ROM).read_bytes())}
    found = blocks((new / firmware_tree.ROM).read_bytes())
    return [block for block in found if hashlib.sha256(block).digest() not in known]


def new_files(old: Path, new: Path) -> list[bytes]:
    """Files that the old image does not have with this content."""
    known = {path.read_bytes() for path in modules(old)}
    return [path.read_bytes() for path in modules(new) if path.read_bytes() not in known]


def modules(tree: Path) -> list[Path]:
    """All that lies in the image."""
    return [
        path for path in sorted(tree.rglob("*")) if path.is_file() and path.name not in (firmware_tree.ROM, "start.py")
    ]


BETWEEN: dict[str, Callable[[Path, Path], int]] = {
    "blocks of 4 KiB that are new": lambda old, new: sum(map(len, new_blocks(old, new))),
    "files that are new": lambda old, new: sum(map(len, new_files(old, new))),
    "files that are new, zlib, window 1 KiB": lambda old, new: sum(
        compressed(one, SMALL_BITS) for one in new_files(old, new)
    ),
}
