"""What MicroPython says of the board on which it runs."""

import json
from dataclasses import dataclass

from fleet.provisioning.board_scripts import PROBE
from fleet.provisioning.boards_known import board_of
from fleet.provisioning.raw_repl import RawRepl
from fleet.provisioning.untrusted import shown

LONGEST_HW = 32


class InstallError(Exception):
    """The firmware cannot be put on this board; the text says why."""


@dataclass(frozen=True)
class Probed:
    """What MicroPython says of the board. `frozen`: its image has the firmware inside; `start`: there is a main.py.

    `device`: which one it is already, if that stands in a file.
    """

    hw: str
    machine: str
    board: str | None
    version: str
    start: bool
    frozen: bool
    device: str | None = None


def probe(repl: RawRepl) -> Probed:
    """Ask the board at the raw prompt what it is. Raises InstallError, ReplError, PortError."""
    printed = repl.run(PROBE)
    try:
        said = json.loads(printed)
        hw, machine = str(said["hw"]), shown(said["machine"])
    except (ValueError, KeyError, TypeError):
        raise InstallError(f"expected the board to say what it is, found {shown(printed)}") from None
    if not is_hw(hw):
        raise InstallError(f"expected the chip's own number in hexadecimal, found {shown(hw)}")
    device = said.get("device")
    return Probed(
        hw,
        machine,
        board_of(machine),
        shown(said.get("version", "")),
        bool(said.get("start")),
        bool(said.get("frozen")),
        None if device is None else shown(device),
    )


def is_hw(text: str) -> bool:
    """Whether this can be a chip's own number."""
    return 0 < len(text) <= LONGEST_HW and set(text) <= set("0123456789abcdef")
