"""A read-only file system for MicroPython (ROMFS): bytecode in it runs where it lies, and costs no heap.

On a board it is a partition of the flash; for the simulated board a file mapped into the VM's memory. The format
is that of MicroPython's `mpremote romfs build`: records of kind, length and content, numbers in groups of seven bits.
"""

from collections.abc import Iterator
from pathlib import Path

MAGIC = b"\xd2\xcd\x31"
CONTENT, DIRECTORY, FILE = 2, 4, 5


class NoImage(ValueError):
    """These bytes are no such file system."""


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


def files(data: bytes) -> dict[str, bytes]:
    """What is in a file system, by path. Raises NoImage."""
    size, start = read_number(data, len(MAGIC))
    if not data.startswith(MAGIC) or start + size != len(data):
        raise NoImage(f"expected a file system for MicroPython of {len(data)} bytes, found something else")
    return dict(inside(data[start:], ""))


def inside(body: bytes, folder: str) -> Iterator[tuple[str, bytes]]:
    """The files of a directory and of those below it. Raises NoImage."""
    for kind, content in records(body):
        if kind in (DIRECTORY, FILE):
            length, start = read_number(content, 0)
            name, rest = content[start : start + length].decode("utf-8", "replace"), content[start + length :]
            if kind == DIRECTORY:
                yield from inside(rest, f"{folder}{name}/")
            else:
                yield f"{folder}{name}", b"".join(part for what, part in records(rest) if what == CONTENT)


def records(body: bytes) -> Iterator[tuple[int, bytes]]:
    """Kind and content of each record. Raises NoImage."""
    at = 0
    while at < len(body):
        kind, at = read_number(body, at)
        length, at = read_number(body, at)
        if at + length > len(body):
            raise NoImage(f"expected {length} bytes of a record, found {len(body) - at}")
        yield kind, body[at : at + length]
        at += length


def read_number(data: bytes, at: int) -> tuple[int, int]:
    """The number that begins there, and where it ends. Raises NoImage."""
    value = 0
    while at < len(data):
        value, at = value << 7 | data[at] & 0x7F, at + 1
        if not data[at - 1] & 0x80:
            return value, at
    raise NoImage("expected a number, found the end")
