"""The truth of a crowd: a file to which its processes append what their devices remembered, twenty-one bytes each.

A line of JSON says whose it is; then records follow in no order. Who was killed in the middle of a record left a piece
of one at most, at the end.
"""

import json
import os
import struct
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

RECORD = struct.Struct("<IIIBQ")
WHAT = "motcua crowd"
HEAD_BYTES = 512
KINDS = ("", "ticket", "call", "rating")
# Of which the fleet makes something that can be counted; all others are the first.
WRITE_FROM_BYTES = 64 * 1024
PIECE_RECORDS = 50_000


class BadTruth(ValueError):
    """A file that no crowd wrote; the text says why."""


@dataclass(frozen=True)
class Run:
    """Which crowd it was."""

    devices: int
    seed: int
    began_ms: int


class Said(NamedTuple):
    """An event: the number of its device, its epoch and seq, its kind, and a hash of what it said."""

    device: int
    epoch: int
    seq: int
    kind: str
    digest: int


def digest(body: bytes) -> int:
    """What stands for the text of an event."""
    return int.from_bytes(blake2b(body, digest_size=8).digest(), "little")


def begin(path: Path, run: Run) -> None:
    """Make the file. Raises FileExistsError: a truth is never mixed with another one."""
    head = json.dumps({"what": WHAT, "version": 1, **asdict(run)}).encode()
    with path.open("xb") as file:
        file.write(head.ljust(HEAD_BYTES - 1) + b"\n")


class SaidWriter:
    """Appends; any number of processes may. What was not saved yet is lost with its process, like its devices."""

    def __init__(self, path: Path) -> None:
        self.file = os.open(path, os.O_WRONLY | os.O_APPEND)
        self.held = bytearray()

    def add(self, device: int, epoch: int, seq: int, kind: str, body: bytes) -> None:
        """A device remembered this."""
        self.held += RECORD.pack(device, epoch, seq, KINDS.index(kind) if kind in KINDS else 0, digest(body))
        if len(self.held) >= WRITE_FROM_BYTES:
            self.save()

    def save(self) -> None:
        """Into the file, whole records in one piece. Raises OSError where there is no room for it."""
        if self.held and os.write(self.file, self.held) != len(self.held):
            raise OSError(28, "no room for what the crowd said")
        self.held.clear()

    def close(self) -> None:
        """All of it."""
        self.save()
        os.close(self.file)


def run_of(path: Path) -> Run:
    """Which crowd wrote this. Raises BadTruth."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    try:
        said: dict[str, Any] = json.loads(head)
        if said["what"] == WHAT and said["version"] == 1:
            return Run(int(said["devices"]), int(said["seed"]), int(said["began_ms"]))
    except (ValueError, KeyError, TypeError):
        pass
    raise BadTruth(f"{path}: expected what `motcua crowd` wrote, found another file")


def records(path: Path) -> int:
    """How many there are."""
    return (path.stat().st_size - HEAD_BYTES) // RECORD.size


def pieces(path: Path, after: int = HEAD_BYTES) -> Iterator[bytes]:
    """The records after so many bytes, many at a time."""
    with path.open("rb") as file:
        file.seek(after)
        while piece := file.read(PIECE_RECORDS * RECORD.size):
            yield piece[: len(piece) // RECORD.size * RECORD.size]


def unpacked(piece: bytes) -> Iterator[Said]:
    """What stands in records."""
    for device, epoch, seq, kind, hashed in RECORD.iter_unpack(piece):
        yield Said(device, epoch, seq, KINDS[kind], hashed)
