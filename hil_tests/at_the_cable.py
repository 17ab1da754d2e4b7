"""An office with a real broker and the fleet's workers, and boards on cables before the bench: what the journeys share.

The boards are simulated ones: MicroPython as it comes from the shop, on a pseudo-terminal.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from fleet.clock import now_ms
from fleet.commands.bench_work import Packages
from fleet.domain.claims import ClaimFile, Wanted
from fleet.flows.claim import make_claims
from fleet.flows.enrol import FLEET_USER
from fleet.laptop.boards import BoardError, Boards
from fleet.laptop.mosquitto import Mosquitto
from fleet.laptop.serial_board import SerialBoard
from fleet.provisioning.batch import Batch, Line
from fleet.provisioning.book import Book
from fleet.provisioning.cable import Cable
from fleet.provisioning.claims import claims_of
from fleet.provisioning.means import Means
from fleet.provisioning.one_board import OneBoard
from fleet.provisioning.ports import Port
from fleet.provisioning.results import Report, Result
from fleet.store import claims, device_keys
from fleet.store.rows import every, sql
from tests.fleet.office import OFFICE
from tests.fleet.workers.house import House, Loop, two_ports

SOON_S = 90.0
CONNECT_S = 60.0
ENROLLED = sql("SELECT id FROM devices WHERE kind = 'board' AND epoch > 0 AND revoked_ms IS NULL")
KNOWN = sql("SELECT id FROM devices WHERE revoked_ms IS NULL")
PRESSES = sql("SELECT device FROM events WHERE kind = 'rating'")


class Cables:
    """Boards on cables, in the event loop of the house; `plugged` are those whose port the bench can find."""

    def __init__(self, folder: Path, loop: Loop) -> None:
        self.loop = loop
        self.lines = Boards(folder / "boards", "127.0.0.1", 1)
        self.plugged: dict[str, SerialBoard] = {}
        loop.do(self.lines.start())

    def board(self, name: str, hw: str, **how: Any) -> SerialBoard:
        """A board that lies on the table."""
        return SerialBoard(self.lines, name, hw, **how)

    def plug_in(self, board: SerialBoard) -> None:
        """Its cable goes in."""
        self.loop.do(board.plug_in_again())
        self.plugged[board.device] = board

    def pull(self, board: SerialBoard) -> None:
        """Its cable comes out, wherever the board stands."""
        self.plugged.pop(board.device, None)
        self.loop.do(board.unplug())

    def ports(self) -> list[Port]:
        """What a computer lists now."""
        found = []
        for name, board in list(self.plugged.items()):
            with suppress(BoardError, OSError):  # it is between two names
                found.append(Port(board.port, name))
        return found

    def cable(self, port: Port) -> Cable:
        """The cable to a board, wherever its port is by now."""
        return Cable(port, find=lambda its: next((one.path for one in self.ports() if one.key == its.key), None))


class Bench:
    """The bench of a technician: a book with claims for one place, and boards that are plugged in."""

    def __init__(self, folder: Path, house: House, roles: tuple[str, ...], count: int) -> None:
        self.house = house
        self.cables = Cables(folder, house.loop)
        self.book = Book(folder / "book")
        self.roles = roles
        self.files: list[ClaimFile] = []
        self.add_claims(count)
        self.means = Means(self.book, Packages().files, test=False, connect_s=CONNECT_S)

    def add_claims(self, count: int) -> None:
        """Claims for the first counter."""
        made = make_claims(self.house.store, [Wanted(None, self.roles, OFFICE, "quay-1")] * count, "lan", 24, now_ms())
        network = {"host": "127.0.0.1", "port": self.house.broker.devices_port, "protocol": 5}
        self.book.add(list(claims_of("\n".join(one.line(network) for one in made), "made")))
        self.files += made

    def one(self, board: SerialBoard, report: Report = lambda *_: None) -> Result:
        """The work at one board."""
        return OneBoard(self.cables.cable(Port(board.port, board.device)), self.means, report).work()

    def batch(
        self, enough: Callable[[Batch], bool], changed: Callable[[Line], None] = lambda line: None
    ) -> list[Result]:
        """The work at all that are plugged in, until that is enough."""
        return Batch(self.means, self.cables.ports, self.cables.cable, changed=changed).run(enough)

    def enrolled(self) -> list[str]:
        """The devices of these claims that the fleet has welcomed."""
        with self.house.store.reading() as connection:
            return sorted(row.id for row in every(connection, ENROLLED) if row.id in {f.device for f in self.files})

    def claims_used(self) -> dict[str, str]:
        """Which board used which claim."""
        with self.house.store.reading() as connection:
            found = [claims.claim(connection, file.claim) for file in self.files]
        return {one.id: str(one.used_hw) for one in found if one is not None and one.used_ms is not None}

    def first_keys_left(self) -> list[str]:
        """Devices that were welcomed and still have the key that stood in a file."""
        with self.house.store.reading() as connection:
            keys = [device_keys.keys_of(connection, device) for device in self.enrolled()]
        return [one.device for one in keys if one is None or one.claim is not None]

    def let_in(self) -> set[str]:
        """The names in the broker's own file of passwords."""
        lines = (self.house.broker.directory / "passwords").read_text().splitlines()
        return {line.split(":")[0] for line in lines} - {FLEET_USER}

    def orphans(self) -> list[str]:
        """Names that the broker lets in and that are nobody; and devices whose claim is used up without a welcome."""
        with self.house.store.reading() as connection:
            known = {row.id for row in every(connection, KNOWN)}
        waiting = {file.claim for file in self.files if file.device not in self.enrolled()}
        return sorted((self.let_in() - known) | (waiting & set(self.claims_used())))

    def presses(self, device: str) -> int:
        """How many presses of this device the fleet has stored."""
        with self.house.store.reading() as connection:
            return sum(row.device == device for row in every(connection, PRESSES))

    def close(self) -> None:
        """Pull all cables."""
        for board in list(self.cables.plugged.values()):
            self.cables.pull(board)
        self.house.loop.do(self.cables.lines.stop())
        self.book.close()


@contextmanager
def a_bench(folder: Path, count: int = 1, roles: tuple[str, ...] = ("rating",)) -> Iterator[Bench]:
    """A bench with so many claims, in an office where everything runs."""
    loop = Loop()
    house = House(folder, Mosquitto(folder / "broker", *two_ports()), loop)
    try:
        house.all_workers()
        house.doorkeeper()
        bench = Bench(folder, house, roles, count)
        try:
            yield bench
        finally:
            bench.close()
    finally:
        house.close()
        loop.stop()
