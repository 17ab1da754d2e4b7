"""`motcua run`: a whole office on one machine, with real parts.

A private broker, the fleet's workers and pages in this process, and a MicroPython VM with the shipping firmware for
each device. Simulated people act on the devices' lines only; nothing enters the fleet but through the broker.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from fleet.clock import now_ms
from fleet.domain.rights import Permission, Role
from fleet.flows.changes import Changes
from fleet.flows.enrol import renew_password
from fleet.flows.import_dossiers import import_dossiers
from fleet.flows.set_up_office import CounterPlan, DevicePlan, OfficePlan, set_up_office
from fleet.flows.sign_in import NameTaken, add_person
from fleet.laptop import bench_page
from fleet.laptop.bench import Bench
from fleet.laptop.boards import Boards
from fleet.laptop.kept import kept_sign_in, only_one
from fleet.laptop.office import OFFICE, Office
from fleet.laptop.opening import background, open_broker, open_pages
from fleet.laptop.simulated_office import SimulatedOffice
from fleet.pages.rights import allow, csrf, language
from fleet.settings import Settings
from fleet.store.database import Store
from fleet.store.places import OfficeRow
from fleet.wiring import web
from fleet.workers.linker import Linker
from fleet.workers.receiver import Receiver
from fleet.workers.sender import Sender

SAMPLE = Path(__file__).parent / "sample" / "ho-so.csv"
PERSON = "quan-tri"
BENCH = "/bench"


@dataclass(frozen=True)
class Running:
    """An office that runs: where to look, and how to sign in."""

    address: str
    name: str
    password: str
    boards: Boards
    office: SimulatedOffice
    broker: str


@asynccontextmanager
async def running(
    settings: Settings,
    *,
    pace: float = 30.0,
    people: bool = True,
    seed: int = 1,
    office: Office = OFFICE,
    progress: Callable[[str], None] = lambda _: None,
) -> AsyncIterator[Running]:
    """Run the office until the block is left; then everything that was started is stopped, in the opposite order."""
    async with AsyncExitStack() as stack:
        stack.enter_context(only_one(settings.data))
        progress("database")
        store = Store(settings.database_url)
        stack.callback(store.close)
        store.migrate()
        images = settings.data / "boards"
        passwords = set_up(store, office, pace if people else 1.0, images)
        name, password = first_person(store, settings.data)

        progress("broker")
        broker, settings, devices_port = await open_broker(stack, settings, store)

        progress("workers")
        changes = Changes()
        linker = Linker(store, changes.tell)
        for worker in (linker, Receiver(store, settings, linker.wake), Sender(store, settings, changes.tell)):
            worker.start()
            stack.push_async_callback(asyncio.to_thread, worker.stop)

        progress("firmware")
        boards = Boards(images, settings.broker_host, devices_port, 5 if settings.broker_protocol == "5" else 4)
        stack.push_async_callback(boards.stop)
        await boards.start()
        for device in office.devices:
            progress(device.name)
            await boards.plug_in(device.id, passwords.get(device.id, ""), device.roles)
        await asyncio.gather(*(board.ready() for board in boards.boards.values()))
        simulated = SimulatedOffice(office, boards, seed=seed, pace=pace, people=people)
        await background(stack, simulated.run())

        progress("pages")
        bench = Bench(simulated)
        await background(stack, bench.run())
        hand = bench_page.router(bench, allow(Permission.USE_BENCH), language, csrf)
        port = await open_pages(stack, web(store, settings, changes, [hand], BENCH), changes, settings)
        stack.callback(bench.let_go)
        yield Running(f"http://{settings.listen_host}:{port}", name, password, boards, simulated, broker)


def set_up(store: Store, office: Office, pace: float, images: Path) -> dict[str, str]:
    """The office, its sample dossiers and its devices in the store; passwords of the boards whose flash is to be made.

    A flash image and the database belong together: a board that is new to the database gets a new flash, and a board
    whose flash is gone a new password.
    """
    passwords = set_up_office(store, plan_of(office, pace), now_ms())
    for device in office.devices:
        image = images / f"{device.id}.flash"
        if device.id in passwords:
            image.unlink(missing_ok=True)
        elif not image.exists():
            passwords[device.id] = renew_password(store, device.id)
    import_dossiers(store, SAMPLE, "motcua run", now_ms())
    return passwords


def plan_of(office: Office, pace: float) -> OfficePlan:
    """The simulated office as the fleet writes it down."""
    return OfficePlan(
        office=OfficeRow(office.id, office.name, office.hotline, simulated_pace=pace),
        services=[(service.id, service.prefix, service.name) for service in office.services],
        counters=[CounterPlan(counter.id, counter.name, counter.services) for counter in office.counters],
        devices=[DevicePlan(device.id, device.roles, device.counter) for device in office.devices],
    )


def first_person(store: Store, data: Path) -> tuple[str, str]:
    """The administrator of this laptop and the password, which stays in the data folder for the next start."""
    name, password = kept_sign_in(data / "sign-in.txt", PERSON)
    try:
        add_person(store, name, password, Role.ADMINISTRATOR, now_ms())
    except NameTaken:
        pass  # from an earlier run; who changed the password since knows it
    return name, password
