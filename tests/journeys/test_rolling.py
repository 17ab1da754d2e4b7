"""A new release comes while people press and look: boards of three releases, two receivers, two servers of pages.

The tables become those of a release that is yet to come, and each process starts anew. With `PREVIOUS=<clone>` all of
them run that release first, on its own tables.
"""

import asyncio
import os
import ssl
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import chain
from pathlib import Path
from zipfile import ZipFile

import httpx2
import pytest
from sqlalchemy import inspect

from fleet.flows.bring_tables import take_back
from fleet.flows.enrol import FLEET_USER, broker_passwords
from fleet.flows.publish import publish
from fleet.laptop.boards import Board, Boards
from fleet.laptop.broker import free_port, listens
from fleet.laptop.mosquitto import Mosquitto
from fleet.store.database import Store, newest_revision
from tests.compiled import compiled_beside
from tests.fleet.office import OFFICE, open_office
from tests.golden.keep import FIRMWARE
from tests.journeys.house import roles_taken, stored_events, told_on_failure, until
from tests.journeys.one_by_one import HERE, OneByOne, behind_nginx

pytestmark = [pytest.mark.journey, pytest.mark.timeout(600)]

PREVIOUS = Path(os.environ["PREVIOUS"]) if "PREVIOUS" in os.environ else None
RUNS = {"nut-1": "0061", "q-1": "0030", "nut-2": ""}
# What each board runs: the ROM of that release, or the firmware of today.
TOMORROW = "UPDATE alembic_version SET version_num = '9999'"
FLEET_PASSWORD = "fleet"
HELD_MS, BETWEEN_S = 60, 0.12
AFTERWARDS = 5
# So many presses of each board when everything runs again.


class OfManyReleases(Boards):
    """Boards of which some run the ROM of an earlier release."""

    async def plug_in_of(self, release: str, device: str, password: str, roles: tuple[str, ...]) -> Board:
        """A board with the ROM of this release."""
        today, old = self.tree, self.directory / f"of-{release}"
        if release:
            with ZipFile(FIRMWARE / f"{release}.zip") as file:
                file.extractall(old)
            self.tree = old
        try:
            return await self.plug_in(device, password, roles)
        finally:
            self.tree = today


class Office:
    """What runs, and what people did in it."""

    def __init__(self, store: Store, fleet: OneByOne, boards: list[Board], folder: Path) -> None:
        self.store, self.fleet, self.boards, self.folder = store, fleet, boards, folder
        self.pressed: Counter[str] = Counter()
        self.pages: Counter[int] = Counter()
        self.enough: dict[str, int] = {}

    async def press(self, board: Board) -> None:
        """Rate or scan, again and again, as fast as a hand."""
        while not self.enough or self.pressed[board.device] < self.enough[board.device]:
            number = self.pressed[board.device]
            if "rating" in board.roles:
                await board.press(f"score_{number % 5 + 1}", HELD_MS)
            else:
                await board.feed("scanner", f"H15.50.05.13-261008-{number + 1:04d}\r".encode())
            self.pressed[board.device] += 1
            await asyncio.sleep(BETWEEN_S)

    async def look(self, port: int, trusted: Path) -> None:
        """Ask for pages, one after the other."""
        context = ssl.create_default_context(cafile=trusted)
        async with httpx2.AsyncClient(base_url=f"https://{HERE}:{port}", verify=context, timeout=120) as browser:
            while not self.enough:
                for page in ("/login", f"/cong-khai/{OFFICE}"):
                    self.pages[(await browser.get(page)).status_code] += 1
                await asyncio.sleep(BETWEEN_S)

    def stored(self) -> dict[str, int]:
        """How many presses and scans of each board are stored."""
        found = Counter(event[0] for kind in ("rating", "scan") for event in stored_events(self.folder, kind))
        return {device: found[device] for device in RUNS}


@asynccontextmanager
async def an_office(folder: Path) -> AsyncIterator[Office]:
    """Everything runs, and each board reads its keys."""
    store, passwords = open_office(folder, now_ms=0)
    publish(store, OFFICE, True)
    broker = Mosquitto(folder / "broker", free_port(), free_port())
    told = {"DATA": folder, "BROKER_HOST": "127.0.0.1", "BROKER_PORT": broker.fleet_port, "BROKER_USER": FLEET_USER}
    told |= {"BROKER_PASSWORD": FLEET_PASSWORD, "TRUSTED_PROXIES": "127.0.0.1", "WATCH_PORT": 0}
    fleet = OneByOne(folder, {f"MOTCUA_{name}": str(value) for name, value in told.items()}, PREVIOUS)
    if PREVIOUS is not None:
        take_back(store, max(path.name[:4] for path in PREVIOUS.glob("fleet/store/migrations/versions/0*.py")))
    compiled_beside(folder / "boards")
    boards = OfManyReleases(folder / "boards", "127.0.0.1", broker.devices_port)
    try:
        await broker.start(broker_passwords(store, FLEET_PASSWORD))
        await asyncio.gather(*map(fleet.start, chain(*fleet.rounds)), boards.start())
        for device, release in RUNS.items():
            roles = ("keypad", "reader") if device.startswith("q") else ("rating",)
            await boards.plug_in_of(release, device, passwords[device], roles)
        await roles_taken(boards.boards.values())
        yield Office(store, fleet, list(boards.boards.values()), folder)
    finally:
        await boards.stop()
        fleet.kill()
        await broker.stop()
        store.close()


def tables_of_tomorrow(store: Store) -> None:
    """Whatever a migration may add: to each table a column that may be empty and one with a default, and a table."""
    with store.writing() as connection:
        for table in inspect(connection).get_table_names():
            if table not in ("alembic_version", "schema_reach"):
                connection.exec_driver_sql(f'ALTER TABLE "{table}" ADD COLUMN of_tomorrow VARCHAR')
                connection.exec_driver_sql(f'ALTER TABLE "{table}" ADD COLUMN n_tomorrow INTEGER NOT NULL DEFAULT 7')
        connection.exec_driver_sql("CREATE TABLE tomorrow (id INTEGER PRIMARY KEY)")
        connection.exec_driver_sql(TOMORROW)


async def bring_the_new_release(office: Office) -> None:
    """First the tables, then each process; of a kind one after the other."""
    if PREVIOUS is None:
        await asyncio.to_thread(tables_of_tomorrow, office.store)
    else:
        assert office.store.schema().revision < newest_revision(), "that release runs on its own tables"
        await asyncio.to_thread(office.store.migrate)
        assert office.store.schema().revision == newest_revision()
    office.fleet.source = Path(__file__).parents[2]
    for names in office.fleet.rounds:
        await asyncio.gather(*map(office.fleet.restart, names))


def test_nobody_notices_that_a_new_release_comes(tmp_path: Path) -> None:
    asyncio.run(come(tmp_path))


async def come(folder: Path) -> None:
    async with an_office(folder) as office:
        with behind_nginx(folder, office.fleet.pages) as (port, trusted), told_on_failure(folder, *office.boards):
            await until("pages are served", lambda: all(map(listens, (port, *office.fleet.pages))))
            people = [asyncio.create_task(office.press(board)) for board in office.boards]
            people.append(asyncio.create_task(office.look(port, trusted)))
            await until("pages are looked at, and something of each board is stored", lambda: all_of_it(office))
            await bring_the_new_release(office)
            office.enough = {device: n + AFTERWARDS for device, n in office.pressed.items()}
            await asyncio.gather(*people)
            assert set(office.pages) == {200}, office.pages
            await until("every press is stored", lambda: office.stored() == dict(office.pressed), within_s=180)
    for kind in ("rating", "scan"):
        events = stored_events(folder, kind)
        assert len({event[:4] for event in events}) == len(events)


def all_of_it(office: Office) -> bool:
    """Whether everything goes its way."""
    return bool(office.pages) and all(office.stored().values())
