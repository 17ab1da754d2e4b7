"""`motcua run`: a whole office on one machine, with real parts.

A private broker, the fleet's workers and pages in this process, and a MicroPython VM with the shipping firmware for
each device. Simulated people act on the devices' lines only; nothing enters the fleet but through the broker.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from fleet.clock import now_ms
from fleet.domain.rights import Permission
from fleet.flows import sealing
from fleet.flows.changes import Changes
from fleet.flows.import_dossiers import day_in_viet_nam
from fleet.laptop import bench_page
from fleet.laptop.bench import Bench
from fleet.laptop.boards import HEAP_FOR_UPDATES, Boards
from fleet.laptop.furnishing import (
    bring_dossiers,
    bring_procedures,
    bring_units,
    first_person,
    furnish,
    lead_tickets,
    sample_clerk,
)
from fleet.laptop.kept import keep_network, only_one
from fleet.laptop.office import OFFICE, Office
from fleet.laptop.opening import background, door_of_pages, open_broker, open_pages
from fleet.laptop.own_releases import with_own_keys
from fleet.laptop.sample_dossiers import codes
from fleet.laptop.simulated_office import SimulatedOffice
from fleet.pages.rights import allow, csrf, language
from fleet.private_files import private_folder, start_anew
from fleet.release_folder import trust_of
from fleet.settings import Settings
from fleet.store.database import Store
from fleet.wiring import web
from fleet.workers.backup_watch import BackupWatch
from fleet.workers.certificate_watch import CertificateWatch
from fleet.workers.deliverer import Deliverer
from fleet.workers.estimator import Estimator
from fleet.workers.linker import Linker
from fleet.workers.lookout import Lookout
from fleet.workers.mailer import Mailer
from fleet.workers.purger import Purger
from fleet.workers.receiver import Receiver
from fleet.workers.reporter import Reporter
from fleet.workers.sender import Sender
from fleet.workers.supplier import Supplier
from fleet.workers.timekeeper import Timekeeper

BENCH = "/bench"


@dataclass(frozen=True)
class Running:
    """An office that runs: where to look, and how to sign in; no password if somebody has changed it.

    `clerk` is who may try the pages of the counters.
    """

    address: str
    name: str
    password: str | None
    boards: Boards
    office: SimulatedOffice
    broker: str
    clerk: str
    clerk_password: str | None


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
        store = Store(settings.database_url, settings.keys_database_url, settings.fleet_key_path)
        stack.callback(store.close)
        store.migrate()
        sealing.prepare(store)
        images = settings.data / "boards"
        private_folder(images)
        passwords = furnish(store, office, pace if people else 1.0, images, now_ms())
        bring_units(store, office, now_ms())
        bring_procedures(store, office, now_ms())
        today = day_in_viet_nam(now_ms())
        bring_dossiers(store, settings.data / "ho-so.csv", today, now_ms())
        name, password = first_person(store, settings.data, now_ms())
        clerk, clerk_password = sample_clerk(store, settings.data, office, now_ms())
        scheme = "http" if settings.listen_tls_cert is None else "https"
        door = stack.enter_context(door_of_pages(settings.listen_host, settings.listen_port))
        address = f"{scheme}://{settings.listen_host}:{door.getsockname()[1]}"
        lead_tickets(store, office.id, settings.public_address or address, now_ms())

        progress("broker")
        broker, settings, devices_port = await open_broker(stack, settings, store)
        settings = await asyncio.to_thread(with_own_keys, settings, store, now_ms())
        keep_network(settings)

        progress("workers")
        changes = Changes()
        linker = Linker(store, changes.tell)
        receiver, sender = Receiver(store, settings, linker.wake), Sender(store, settings, changes.tell)
        others = (
            Purger(store, settings.keep_days, settings.archive),
            Deliverer(store),
            Mailer(store, settings),
            Reporter(store),
        )
        supplier = Supplier(store, settings)
        for worker in (
            linker,
            receiver,
            sender,
            supplier,
            *others,
            Estimator(store, changes.tell),
            Lookout(store, changes.tell),
            CertificateWatch(store, settings),
            BackupWatch(store),
            Timekeeper(),
        ):
            worker.start()
            stack.push_async_callback(asyncio.to_thread, worker.stop)

        progress("firmware")
        protocol = 5 if settings.broker_protocol == "5" else 4
        trust = None if settings.release_root is None else trust_of(settings.release_root)
        boards = Boards(images, settings.broker_host, devices_port, protocol, HEAP_FOR_UPDATES, trust=trust)
        stack.push_async_callback(boards.stop)
        await boards.start()
        for device in office.devices:
            progress(device.name)
            start_anew(images / f"{device.id}.log")
            await boards.plug_in(device.id, passwords.get(device.id, ""), device.roles)
        simulated = SimulatedOffice(office, boards, codes(today), seed, pace, people)
        await background(stack, simulated.work())
        await asyncio.gather(*(board.ready() for board in boards.boards.values()))
        await background(stack, simulated.live())

        progress("pages")
        bench = Bench(simulated)
        await background(stack, bench.run())
        hand = bench_page.router(bench, allow(Permission.USE_BENCH), language, csrf)
        app = await asyncio.to_thread(web, store, settings, changes, [hand], BENCH)
        # It takes seconds on a busy machine, in which what hangs on the boards must answer them.
        await open_pages(stack, app, settings, changes, door)
        stack.callback(bench.let_go)
        yield Running(address, name, password, boards, simulated, broker, clerk, clerk_password)
