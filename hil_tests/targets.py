"""What somebody named with `--target`, opened: boards and what is joined to them.

vm                two boards of the unix VM, with the whole image and simulated lines
cable             two boards of the unix VM with a stock image, each behind a serial port: the stand-in for /dev/…
emulated          a Pico W in an emulator, with the image that `--image` names
/dev/ttyACM0      one real board, with no hands but its cable
rig.toml          whatever a rig file says
"""

import os
import shlex
import subprocess
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from fleet.laptop.boards import HEAP_FOR_UPDATES, BoardError, Boards
from fleet.laptop.serial_board import SerialBoard as SimulatedSerial
from fleet.provisioning.cable import Cable
from fleet.provisioning.ports import Port, named
from hil_tests.drivers.acting import actor_of
from hil_tests.drivers.at_cable import Enrolling
from hil_tests.drivers.hands_simulated import SimulatedHands
from hil_tests.drivers.serial_port import SerialBoard
from hil_tests.drivers.vm import VmBoard
from hil_tests.rig_file import BoardThere, RigFile, read_rig
from hil_tests.target import NotRun, Stand
from tests.compiled import compiled_beside
from tests.fleet.workers.house import Loop

COUNTER, LOBBY = ("keypad", "reader", "rating"), ("printer",)
TWO = (("quay", COUNTER), ("sanh", LOBBY))
CHATTER = b"ets Jul 29 2019 12:21:46\r\nrst:0x1 (POWERON_RESET),boot:0x13\r\n\xff\xfe\x80"
# What a boot code says at a wrong baud, before anything of ours.
SWITCH_S = 30.0


@dataclass
class Target:
    """`kind` is that of its boards, or "rig"; `folder` is for files of its boards; `host` is where they find us."""

    name: str
    kind: str
    folder: Path
    loop: Loop
    host: str = "127.0.0.1"
    wifi: tuple[str | None, str | None] = (None, None)
    stands: list[Stand] = field(default_factory=list)
    closing: list[Callable[[], Any]] = field(default_factory=list)
    lines: Boards | None = None

    def has(self) -> frozenset[str]:
        """Those of NEEDS that some board, or what is joined to it, brings."""
        found = {need for stand in self.stands for need in stand.board.has}
        found |= {"hands" for stand in self.stands if stand.hands} | {"meter" for stand in self.stands if stand.meter}
        found |= {"paper" for stand in self.stands if stand.hands and "printer" in stand.roles}
        found |= {"printer" for stand in self.stands if "printer" in stand.roles}
        return frozenset(found | {"counter" for stand in self.stands if set(COUNTER) <= set(stand.roles)})

    def simulated_lines(self) -> Boards:
        """Where simulated boards have their lines; opened when first asked for."""
        if self.lines is None:
            compiled_beside(self.folder / "boards")
            self.lines = Boards(self.folder / "boards", "127.0.0.1", 1, heap=HEAP_FOR_UPDATES)
            self.loop.do(self.lines.start())
            self.closing.append(lambda: self.loop.do(self.lines.stop()))  # type: ignore[union-attr]
        return self.lines

    def close(self) -> None:
        """Let go of everything, the last first."""
        for stand in self.stands:
            stand.board.close()
        for one in reversed(self.closing):
            one()


def opened(name: str, image: Path | None, folder: Path, loop: Loop) -> Target:
    """The target of this name. Raises NotRun where it is not there, or not as it was said to be."""
    if name.endswith(".toml"):
        return of_rig(read_rig(Path(name)), folder, loop)
    kind = {"vm": "vm", "emulated": "emulated"}.get(name, "serial")
    target = Target(name, kind, folder, loop)
    if name in ("vm", "cable", "emulated"):
        for board, roles in TWO if name != "emulated" else TWO[:1]:
            add(target, BoardThere(board, name, roles, firmware=None if image is None else str(image)))
    elif name.startswith(("/", "COM")):
        add(target, BoardThere("quay", name, COUNTER))
    else:
        raise NotRun(f"target: expected vm, cable, emulated, a serial port or a .toml, found {name!r}")
    return target


def of_rig(rig: RigFile, folder: Path, loop: Loop) -> Target:
    """What a rig file says. Raises NotRun."""
    wifi: tuple[str | None, str | None] = (None, None)
    if rig.wifi is not None:
        wifi = (rig.wifi[0], os.environ.get(rig.wifi[1]))
        if wifi[1] is None:
            raise NotRun(f"wifi: expected its password in the environment as {rig.wifi[1]}, found none")
    target = Target(rig.name, "rig", folder, loop, rig.host, wifi)
    try:
        for board in rig.boards:
            add(target, board)
    except BaseException:
        target.close()
        raise
    return target


def add(target: Target, there: BoardThere) -> None:
    """One board more, with what is joined to it. Raises NotRun."""
    if there.at == "vm":
        board = VmBoard(target.simulated_lines(), target.loop, there.name)
        hands = SimulatedHands(board.simulated, target.loop)
        target.closing.append(hands.close)
        target.stands.append(Stand(board, there.roles, hands))
    elif there.at == "cable":
        target.stands.append(behind_a_cable(target, there))
    elif there.at == "emulated":
        from hil_tests.drivers.emulated import stand  # it needs an image, and a library of its own

        target.stands.append(stand(target, there))
    else:
        target.stands.append(at_a_port(target, there))


def behind_a_cable(target: Target, there: BoardThere) -> Stand:
    """A simulated board behind a pseudo-terminal, with all that a serial port is bad at."""
    one = SimulatedSerial(target.simulated_lines(), there.name, hw_of(there.name), chatter=CHATTER, renames=True)

    def switch(on: bool) -> None:
        target.loop.do(one.plug_in_again() if on else one.unplug())

    def port() -> str | None:
        with suppress(BoardError, OSError):  # it is between two names
            return one.port
        return None

    cable = partial(Cable, Port(there.name, there.name), find=lambda _: port())
    hands: Any = actor_of(target, there, one) if there.actor else SimulatedHands(one, target.loop)
    if there.actor is None:
        target.closing.append(hands.close)
    power = switch if there.relay is None else hands.power
    board = SerialBoard(there.name, cable, Enrolling(target.folder / there.name), power)
    return Stand(board, there.roles, hands, hands if there.meter else None)


def at_a_port(target: Target, there: BoardThere) -> Stand:
    """A board at a port of this computer, with what its rig file joins to it."""
    hands = switch = None
    for place in (there.at, there.actor):
        if place is not None and place.startswith("/") and not Path(place).exists():
            raise NotRun(f"{there.name}: expected a serial port at {place}, found nothing there")
    if there.actor is not None:
        hands = actor_of(target, there)
        switch = hands.power if there.relay else None
    if there.power is not None:
        switch = partial(switched, there.power)
    cable = partial(Cable, named(there.at))
    enrolling = Enrolling(target.folder / there.name, target.wifi)
    board = SerialBoard(there.name, cable, enrolling, switch)
    return Stand(board, there.roles, hands, hands if there.meter else None)


def switched(commands: tuple[str, str], on: bool) -> None:
    """Run the rig's command for the power: a hub, a plug or a relay has one."""
    subprocess.run(shlex.split(commands[0 if on else 1]), check=True, timeout=SWITCH_S)


def hw_of(name: str) -> str:
    """A chip's number, always the same for a name."""
    return name.encode().hex().ljust(16, "0")[:16]
