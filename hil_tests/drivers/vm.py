"""A board of MicroPython's unix VM with the whole image: its application in ROM, two slots, and flash in a file."""

import json
from contextlib import AbstractContextManager
from hashlib import sha256
from pathlib import Path

from fleet.laptop import flash_image
from fleet.laptop.boards import Board as Simulated
from fleet.laptop.boards import Boards
from fleet.laptop.flash_layout import ERASED, REGION_BLOCKS
from fleet.provisioning.cable import Cable
from fleet.provisioning.claims import Claim
from hil_tests.drivers.file_followed import FileFollowed
from hil_tests.lines_heard import LinesHeard
from hil_tests.target import NotRun
from tests.fleet.workers.house import Loop

BECOMES = ("identity", "network")


class VmBoard:
    """It has no cable: who it is is written onto its flash, as a claim's board keeps it."""

    kind = "vm"
    has = frozenset({"power", "reset", "slots", "flash"})

    def __init__(self, lines: Boards, loop: Loop, name: str) -> None:
        self.name = name
        self.log = LinesHeard(name)
        self.simulated = Simulated(lines, name, ())
        lines.boards[name] = self.simulated
        self._loop, self._on = loop, False
        self._file = FileFollowed(self.simulated.log, self.log.hear)

    @property
    def hw(self) -> str:
        """As it makes it of the name of its flash."""
        return sha256(self.simulated.image.name.encode()).hexdigest()[:16]

    @property
    def flash_file(self) -> Path:
        """Where its flash lies."""
        return self.simulated.image

    def power(self, on: bool) -> None:
        """The VM is killed where it stands, or started with the flash as it was left."""
        if on == self._on:
            return
        self.log.note("power on" if on else "power off")
        self._on = on
        self._loop.do(self.simulated.plug_in_again() if on else self.simulated.unplug())

    def reset(self) -> None:
        """There is no key for it: the power goes and comes."""
        self.power(False)
        self.power(True)

    def enrol(self, claim: Claim) -> None:
        """Write onto an empty flash what a board keeps of a claim."""
        self.power(False)
        flash = flash_image.open_flash(None)
        for name, said in zip(BECOMES, kept_of(claim), strict=True):
            flash_image.write_json(flash, f"/{name}.json", said)
        flash_image.save(flash, self.simulated.image, regions=ERASED * REGION_BLOCKS)
        self.simulated.roles = claim.roles
        self.power(True)

    def cable(self) -> AbstractContextManager[Cable]:
        """There is none."""
        raise NotRun(f"{self.name}: expected a cable, found a board whose console is a file")

    def close(self) -> None:
        """The power goes."""
        self.power(False)
        self._file.close()


def kept_of(claim: Claim) -> tuple[dict[str, object], dict[str, object]]:
    """What firmware/cable/offer.py keeps of a claim: identity and network."""
    said = json.loads(json.dumps(claim.body))
    keys = {"a": said["key"]}
    identity = {"device": claim.device, "epoch": None, "keys": keys, "use": "a", "claim": claim.id}
    return identity, said["network"]
