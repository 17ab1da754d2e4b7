"""`motcua run`: a whole office on one machine, with real parts.

A private broker, the fleet's workers and pages in this process, and a MicroPython VM with the shipping firmware for
each device. Simulated people act on the devices' lines only; nothing enters the fleet but through the broker.
"""

import asyncio
import contextlib
import fcntl
import json
import logging
import secrets
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI

from fleet.domain.rights import Permission, Role
from fleet.flows.changes import Changes
from fleet.flows.enrol import FLEET_USER, broker_passwords, renew_password
from fleet.flows.import_dossiers import import_dossiers
from fleet.flows.set_up_office import CounterPlan, DevicePlan, OfficePlan, set_up_office
from fleet.flows.sign_in import NameTaken, add_person
from fleet.laptop import bench_page
from fleet.laptop.bench import Bench
from fleet.laptop.boards import Boards
from fleet.laptop.broker import PrivateBroker, free_port, listens
from fleet.laptop.mosquitto import Mosquitto, find_mosquitto
from fleet.laptop.office import OFFICE, Office
from fleet.laptop.simulated_office import SimulatedOffice
from fleet.laptop.stand_in import StandInBroker
from fleet.pages.rights import allow, csrf, language
from fleet.settings import Settings
from fleet.store.database import Store
from fleet.store.places import OfficeRow
from fleet.wiring import now_ms, web
from fleet.workers.linker import Linker
from fleet.workers.receiver import Receiver
from fleet.workers.sender import Sender

log = logging.getLogger(__name__)

SAMPLE = Path(__file__).parent / "sample" / "ho-so.csv"
PERSON = "quan-tri"
PORTS_TRIED = 50
PAGES_CLOSE_WITHIN_S = 2
BROKER_LOOK_S = 2.0


class AlreadyRunning(RuntimeError):
    """Another `motcua run` uses this data folder."""

    def __init__(self, data: Path) -> None:
        super().__init__(f"another motcua run uses the data folder {data}; stop it, or choose another with --data")


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
        port = await open_pages(stack, web(store, settings, changes, [hand]), settings)
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


@contextmanager
def only_one(data: Path) -> Iterator[None]:
    """Hold the data folder for this process. Raises AlreadyRunning."""
    data.mkdir(parents=True, exist_ok=True)
    with (data / "run.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise AlreadyRunning(data) from None
        yield


def first_person(store: Store, data: Path) -> tuple[str, str]:
    """The administrator of this laptop and the password, which stays in the data folder for the next start."""
    kept = data / "sign-in.txt"
    if kept.exists():
        name, password = kept.read_text().split()
    else:
        name, password = PERSON, secrets.token_urlsafe(9)
        kept.touch(mode=0o600)
        kept.write_text(f"{name} {password}\n")
    try:
        add_person(store, name, password, Role.ADMINISTRATOR, now_ms(), shown_as="Quản trị")
    except NameTaken:
        pass  # from an earlier run; who changed the password since knows it
    return name, password


async def open_broker(stack: AsyncExitStack, settings: Settings, store: Store) -> tuple[str, Settings, int]:
    """A private broker unless the settings name one: what it is, the settings of the workers, the devices' port."""
    if settings.broker_host:
        return f"{settings.broker_host}:{settings.broker_port}", settings, settings.broker_port
    password = kept_word(settings.data / "broker" / "fleet-password")
    devices_port, fleet_port = kept_ports(settings.data / "ports.json")
    mosquitto = find_mosquitto() is not None
    broker: PrivateBroker
    if mosquitto:
        broker = Mosquitto(settings.data / "broker", devices_port, fleet_port)
    else:
        broker = StandInBroker(settings.data / "broker", devices_port, devices_port)
    await broker.start(broker_passwords(store, password))
    stack.push_async_callback(broker.stop)
    await background(stack, keep_passwords(broker, store, password))
    told = {
        "broker_host": "127.0.0.1",
        "broker_port": broker.fleet_port,
        "broker_user": FLEET_USER,
        "broker_password": password,
        "broker_protocol": broker.protocol,
    }
    return broker.name, settings.model_copy(update=told), devices_port


async def keep_passwords(broker: PrivateBroker, store: Store, fleet_password: str) -> None:
    """Let the broker know of devices that are enrolled or revoked while it runs."""
    while True:
        await asyncio.sleep(BROKER_LOOK_S)
        broker.refresh(await asyncio.to_thread(broker_passwords, store, fleet_password))


async def open_pages(stack: AsyncExitStack, app: FastAPI, settings: Settings) -> int:
    """Serve the pages; their port, which is the next free one where the wanted one is taken."""
    port = next(
        (port for port in range(settings.listen_port, settings.listen_port + PORTS_TRIED) if not listens(port)),
        free_port(),
    )
    server = Pages(
        uvicorn.Config(
            app,
            host=settings.listen_host,
            port=port,
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=PAGES_CLOSE_WITHIN_S,
        )
    )
    serving = asyncio.create_task(server.serve())

    async def close() -> None:
        server.should_exit = True
        await serving

    stack.push_async_callback(close)
    while not server.started:
        if serving.done():
            await serving
            raise RuntimeError(f"the pages could not be opened at {settings.listen_host}:{port}")
        await asyncio.sleep(0.01)
    return port


class Pages(uvicorn.Server):
    """uvicorn as a part of a larger process, which handles signals itself."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone."""
        yield


async def background(stack: AsyncExitStack, work: Coroutine[Any, Any, None]) -> None:
    """Let this run beside the rest; it is cancelled at the end, and a failure of it is logged at once."""
    task = asyncio.create_task(work)
    task.add_done_callback(complain)

    async def end() -> None:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await task

    stack.push_async_callback(end)


def complain(task: "asyncio.Task[None]") -> None:
    """Say that something in the background failed."""
    if not task.cancelled() and task.exception() is not None:
        log.error("a part of the office failed", exc_info=task.exception())


def kept_word(path: Path) -> str:
    """A random word that stays the same from start to start."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(16))
    return path.read_text().strip()


def kept_ports(path: Path) -> tuple[int, int]:
    """Two ports for the broker, the same at each start as long as nobody else took them."""
    if path.exists():
        devices, fleet = json.loads(path.read_text())
        if not listens(devices) and not listens(fleet):
            return devices, fleet
    ports = free_port(), free_port()
    path.write_text(json.dumps(ports))
    return ports
