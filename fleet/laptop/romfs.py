"""A read-only file system for MicroPython (ROMFS): bytecode in it runs where it lies, and costs no heap.

On a board it is a partition of the flash; for the simulated board a file mapped into the VM's memory. The format
is that of MicroPython's `mpremote romfs build`: records of kind, length and content, numbers in groups of seven bits.
"""

from pathlib import Path

MAGIC = b"\xd2\xcd\x31"
CONTENT, DIRECTORY, FILE = 2, 4, 5


def image(tree: Path) -> bytes:
    """The file system that holds everything under this directory."""
    body = b"".join(node(path) for path in sorted(tree.iterdir()))
    return MAGIC + number(len(body)) + body


def node(path: Path) -> bytes:
    """A file or a directory, with all that is in it."""
    name = path.name.encode()
    head = number(len(name)) + name
    if path.is_dir():
        return record(DIRECTORY, head + b"".join(node(one) for one in sorted(path.iterdir())))
    return record(FILE, head + record(CONTENT, path.read_bytes()))


def record(kind: int, content: bytes) -> bytes:
    """One record."""
    return number(kind) + number(len(content)) + content


def number(value: int) -> bytes:
    """The highest seven bits first; all bytes but the last have the top bit set."""
    groups = [value & 0x7F]
    while value := value >> 7:
        groups.insert(0, 0x80 | value & 0x7F)
    return bytes(groups)
