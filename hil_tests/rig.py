"""A target in an office: its boards are devices, each at its place."""

import time
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from fleet.laptop.firmware_tree import PACKAGES, ROOT
from fleet.provisioning.claims import Claim
from hil_tests.ear import Ear
from hil_tests.office import Office
from hil_tests.target import Stand
from hil_tests.targets import COUNTER, Target
from tests.fleet.workers.house import Loop

COUNTER_ID = "quay-1"


class Rig:
    """Boards by what they are there for: `counter` has keypad, reader and rating buttons, `lobby` prints numbers."""

    def __init__(self, target: Target, folder: Path, loop: Loop) -> None:
        self.target = target
        self.office = Office(folder / "office", loop, target.host)
        self.ear = Ear(self.office.house.broker.fleet_port)
        self.claims: dict[str, Claim] = {}
        self.began: dict[str, float] = {}
        for stand in target.stands:
            counter = COUNTER_ID if set(stand.roles) != {"printer"} else None
            self.claims[stand.board.name] = self.office.claim(stand.roles, counter)

    def enrol(self) -> None:
        """Make devices of all boards, and wait until each has its roles and the fleet its boots."""
        with ThreadPoolExecutor() as benches:
            list(benches.map(self.enrol_one, self.target.stands))
        for stand in self.target.stands:
            self.ready(stand, self.began[stand.board.name])
        if self.lobby is not None and (hands := self.lobby.hands) is not None:
            self.office.until("the printer has numbers", lambda: hands.lamps().get("lamp_ready"))

    def enrol_one(self, stand: Stand) -> None:
        """Make a device of this board."""
        self.began[stand.board.name] = time.monotonic()
        stand.board.enrol(self.claims[stand.board.name])

    def ready(self, stand: Stand, since_s: float) -> float:
        """Wait until it has said hello with its roles since then; when that was."""
        device, roles = self.device(stand), set(stand.roles)
        hello = self.ear.first(
            lambda one: one.device == device and one.name == "hello" and set(one.body["roles"]) == roles, since_s
        )
        return hello.at_s

    def boot_of(self, stand: Stand) -> int:
        """The number of its boot, as its last hello says it."""
        device = self.device(stand)
        boots = [one.body["boot"] for one in self.ear.heard if one.device == device and one.name == "hello"]
        return int(boots[-1])

    def device(self, stand: Stand) -> str:
        """Its name in the fleet."""
        return self.claims[stand.board.name].device

    @cached_property
    def places(self) -> dict[str, str]:
        """By device: where it is."""
        return {self.device(one): "lobby" if one is self.lobby else "counter" for one in self.target.stands}

    @cached_property
    def counter(self) -> Stand | None:
        """The board at the counter."""
        return next((one for one in self.target.stands if set(COUNTER) <= set(one.roles)), None)

    @cached_property
    def lobby(self) -> Stand | None:
        """The printer."""
        return next((one for one in self.target.stands if "printer" in one.roles), None)

    def close(self) -> None:
        """Let go of all."""
        self.target.close()
        self.ear.close()
        self.office.close()


def firmware_hash() -> str:
    """Which firmware this is: a hash of its sources."""
    digest = sha256()
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            digest.update(f"{file.relative_to(ROOT)}\0".encode() + file.read_bytes())
    return digest.hexdigest()[:16]
