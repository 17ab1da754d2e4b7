"""A small office in a store, and devices that speak to it as the firmware does."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from fleet.flows.presence import welcome
from fleet.flows.set_up_office import CounterPlan, DevicePlan, OfficePlan, set_up_office
from fleet.store.database import Store
from fleet.store.places import OfficeRow
from protocols.batches import BatchHeader, encode_batch
from protocols.events import Event, encode_event
from protocols.presence import Hello
from protocols.topics import up
from tests.made_once import in_a_run, made_once

NewDatabase = Callable[[str, Callable[[str], None] | None], str]
# What makes a database: the address of a copy of a named one, which is filled when it is first asked for. It has all
# tables then already; where nothing is to fill it, it has none.

NINE = 1_794_189_600_000  # 2026-11-09 09:00 in Việt Nam
DAY = "2026-11-09"
OFFICE = "tan-an"

PLAN = OfficePlan(
    office=OfficeRow(OFFICE, "Phường Tân An", "1022"),
    services=[("ho-tich", "A", "Hộ tịch"), ("dat-dai", "B", "Đất đai")],
    counters=[CounterPlan("quay-1", "Quầy 1", ("ho-tich", "dat-dai")), CounterPlan("quay-2", "Quầy 2", ("ho-tich",))],
    devices=[
        DevicePlan("tp-1", ("printer",), None),
        DevicePlan("q-1", ("keypad", "reader"), "quay-1"),
        DevicePlan("q-2", ("keypad", "reader"), "quay-2"),
        DevicePlan("nut-1", ("rating",), "quay-1"),
        DevicePlan("nut-2", ("rating",), "quay-2"),
    ],
)

SCREENS = [DevicePlan("bang-sanh", ("display",), None), DevicePlan("bang-1", ("display",), "quay-1")]


def hang_screens(store: Store, now_ms: int = NINE - 3_600_000) -> dict[str, str]:
    """A call display in the lobby and one at the first counter; their passwords."""
    return set_up_office(store, replace(PLAN, devices=[*PLAN.devices, *SCREENS]), now_ms)


def open_office(folder: Path, now_ms: int = NINE - 3_600_000, database: str = "") -> tuple[Store, dict[str, str]]:
    """A store, in a file unless a database is named, with this office in it; and the passwords of its devices."""
    store = Store(database or with_tables(folder))
    store.migrate()
    return store, set_up_office(store, PLAN, now_ms)


def open_office_at_nine(database: str) -> None:
    """The office in this database; its devices have all been born once (epoch 1) at nine o'clock."""
    store, _ = open_office(Path(), database=database)
    for device in PLAN.devices:
        welcome(store, device.id, hello(), NINE)
    store.close()


def with_tables(folder: Path) -> str:
    """The address of a SQLite file here with all tables and nothing in them: a copy, for migrations take their time."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "motcua.sqlite"
    file.write_bytes(migrated_file())
    return f"sqlite:///{file}"


@cache
def migrated_file() -> bytes:
    """What is copied, made once in a run; a bench makes its own."""

    def make(folder: Path) -> bytes:
        file = folder / "motcua.sqlite"
        migrated(f"sqlite:///{file}")
        return file.read_bytes()

    if in_a_run():
        return (made_once("migrated", make) / "motcua.sqlite").read_bytes()
    with TemporaryDirectory() as folder:
        return make(Path(folder))


def migrated(database: str) -> None:
    """All tables, and nothing in them."""
    store = Store(database)
    store.migrate()
    store.close()


def hello(boot: int = 1, epoch: int | None = None, up_ms: int = 0, nonce: str = "n1") -> Hello:
    """The birth of a device."""
    return Hello(firmware="0.1", board="test", roles=[], epoch=epoch, boot=boot, nonce=nonce, up=up_ms)


class Speaker:
    """One life of a device: numbers its events and makes batches of them."""

    def __init__(self, device: str, epoch: int = 1, boot: int = 1) -> None:
        self.device, self.epoch, self.boot = device, epoch, boot
        self.held: dict[int, Event] = {}
        self.next = 0

    @property
    def topic(self) -> str:
        """Where its batches go."""
        return up(self.device, "events")

    def does(self, event: Event) -> int:
        """Something happened on it; the number of the event."""
        self.held[self.next] = event
        self.next += 1
        return self.next - 1

    def batch(self, *seqs: int, oldest: int | None = None) -> bytes:
        """The bytes of a batch of these numbers, or of all that it holds."""
        chosen = seqs or tuple(self.held)
        header = BatchHeader(
            epoch=self.epoch, boot=self.boot, oldest=min(self.held, default=0) if oldest is None else oldest
        )
        return encode_batch(header, [{**encode_event(self.held[seq]), "seq": seq} for seq in chosen])
