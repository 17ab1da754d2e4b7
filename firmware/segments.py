"""One file of the outbox: up to 4 KB of events of one boot under one epoch, in order, one a line.

A line is `crc32 seq json`. A line that the power tore, or that flash spoiled, does not match its sum and is passed
over. Files are opened with `with`, always: one that the collector closes inside a block device's callback crashes the
VM.
"""

import binascii
import json
import os

from firmware.flash_files import BESIDE, remove

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

EXPENDABLE = ("selftest", "paper", "fault")
# What may go when flash is full: nobody stood before the device when it happened.


class Segment:
    """What is known of a file without reading it again. `epoch` None: written before the fleet issued one."""

    def __init__(self, folder: str, epoch: "int | None", boot: int, first: int) -> None:
        self.folder = folder
        self.epoch = epoch
        self.boot = boot
        self.first = first
        self.last = first - 1
        self.size = 0
        self.held = 0
        self.expendable = 0

    def path(self) -> str:
        """Where it lies: epoch, boot and first seq make its name."""
        epoch = "x" if self.epoch is None else "%x" % self.epoch
        return "%s/%s-%x-%x" % (self.folder, epoch, self.boot, self.first)

    def add(self, seq: int, event: "dict[str, Any]", line: bytes) -> None:
        """Append a line; durable when the call returns."""
        with open(self.path(), "ab") as f:
            f.write(line)
        self.count(seq, len(line), event["kind"] in EXPENDABLE)

    def count(self, seq: int, size: int, expendable: bool) -> None:
        """Take a line that is on flash into account."""
        self.last = seq
        self.size += size
        self.held += 1
        self.expendable += expendable

    def scan(self) -> int:
        """Read the file once after a boot; returns how many lines were spoilt."""
        spoilt = 0
        with open(self.path(), "rb") as f:
            line = f.readline()
            while line:
                seq = seq_of(line)
                if seq is None:
                    spoilt += 1
                elif seq > self.last:  # a line written twice is one event
                    self.count(seq, len(line), kind_of(line) in EXPENDABLE)
                line = f.readline()
        return spoilt

    def keep_only(self, wanted) -> None:  # type: ignore[no-untyped-def]
        """Write the file anew with the lines for which `wanted(seq, line)`."""
        path, last = self.path(), self.last
        self.size = self.held = self.expendable = 0
        with open(path, "rb") as old, open(path + BESIDE, "wb") as new:
            line = old.readline()
            while line:
                seq = seq_of(line)
                if seq is not None and wanted(seq, line):
                    new.write(line)
                    self.count(seq, len(line), kind_of(line) in EXPENDABLE)
                line = old.readline()
        self.last = last
        os.rename(path + BESIDE, path)

    def lines_of(self, seqs: "list[int]") -> "list[bytes]":
        """The lines of these events."""
        lines = []
        with open(self.path(), "rb") as f:
            line = f.readline()
            while line:
                if seq_of(line) in seqs:
                    lines.append(line)
                line = f.readline()
        return lines

    def first_after(self, mark: int) -> "int | None":
        """The first event after this one."""
        with open(self.path(), "rb") as f:
            line = f.readline()
            while line:
                seq = seq_of(line)
                if seq is not None and seq > mark:
                    return seq
                line = f.readline()
        return None

    def remove(self) -> None:
        """Take the file away."""
        remove(self.path())


def found_segment(folder: str, name: str) -> "Segment | None":
    """The segment that a file's name says, or None."""
    parts = name.split("-")
    try:
        epoch = None if parts[0] == "x" else int(parts[0], 16)
        boot, first = [int(part, 16) for part in parts[1:]]
    except (ValueError, IndexError):
        return None
    return Segment(folder, epoch, boot, first)


def line_of(seq: int, event: bytes) -> bytes:
    """The line that keeps this event."""
    rest = b"%x " % seq + event
    return b"%08x " % binascii.crc32(rest) + rest + b"\n"


def seq_of(line: bytes) -> "int | None":
    """The number of the event on this line; None if the line is spoilt."""
    if line[-1:] != b"\n" or line[8:9] != b" ":
        return None
    try:
        if int(line[:8], 16) != binascii.crc32(line[9:-1]):
            return None
        return int(line[9 : line.index(b" ", 9)], 16)
    except ValueError:
        return None


def event_of(line: bytes) -> bytes:
    """The event's JSON on a sound line."""
    return line[line.index(b" ", 9) + 1 : -1]


def kind_of(line: bytes) -> str:
    """The kind of the event on a sound line."""
    return str(json.loads(event_of(line))["kind"])
