"""motcua run, and the processes of a province: serve, receive, link, send. Each loads what it needs and no more."""

import asyncio
import logging.handlers
import signal
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from fleet.commands.shared import Data, Refused, opened, out, settings_of
from fleet.logs import set_up_logs
from fleet.settings import Settings

if TYPE_CHECKING:
    from fleet.laptop.run import Running
    from fleet.provisioning.access import BrokerAccess
    from fleet.store.database import Store
    from fleet.workers.worker import Worker

LOG_BYTES, LOGS_KEPT = 1 << 20, 3


def run(
    data: Data = None,
    port: Annotated[
        int | None, typer.Option(help="Port of the pages; the next free one if taken.", min=1, max=65535)
    ] = None,
    residents: Annotated[int, typer.Option(help="0 turns simulated residents and clerks off.", min=0)] = 1,
    pace: Annotated[float, typer.Option(help="How much faster people live; 1 is real time.", min=1, max=1000)] = 30.0,
    seed: Annotated[int, typer.Option(help="Another seed, another morning.")] = 1,
) -> None:
    """Run a whole office on this machine: broker, fleet, and devices that run the shipping firmware."""
    from fleet.laptop.boards import BoardError
    from fleet.laptop.broker import BrokerFailed
    from fleet.laptop.kept import AlreadyRunning
    from fleet.laptop.opening import PagesFailed
    from fleet.laptop.run import running
    from fleet.private_files import private_folder
    from fleet.release_folder import Bad
    from fleet.sign_on import SignOnUnfit

    settings = settings_of(data)
    if port is not None:
        settings = settings.model_copy(update={"listen_port": port})
    access_named(settings)
    private_folder(settings.data)
    log = logging.handlers.RotatingFileHandler(settings.data / "motcua.log", maxBytes=LOG_BYTES, backupCount=LOGS_KEPT)
    set_up_logs(settings, "run", log)

    async def until_told() -> None:
        told = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, told.set)
        with out.status("starting …") as status:

            def step(what: str) -> None:
                status.update(f"starting: {what} …")

            office = running(settings, pace=pace, people=residents > 0, seed=seed, progress=step)
            started = await office.__aenter__()
        try:
            announce(started, settings, pace if residents else None)
            await told.wait()
        finally:
            with out.status("stopping …"):
                await office.__aexit__(None, None, None)
            out.print("stopped; the next `motcua run` goes on with this data")

    try:
        asyncio.run(until_told())
    except (AlreadyRunning, BoardError, BrokerFailed, PagesFailed, SignOnUnfit, *Bad) as problem:
        raise Refused(str(problem)) from None


def serve(data: Data = None) -> None:
    """Serve the pages. Any number of these may run."""
    from fleet.commands.watched import has_begun, watched
    from fleet.flows.changes import Changes
    from fleet.pages.server import PagesServer, pages_config
    from fleet.pages.tls import TlsUnfit
    from fleet.sign_on import SignOnUnfit
    from fleet.wiring import web
    from fleet.workers.watcher import Watcher

    settings = settings_of(data)
    set_up_logs(settings, "serve")
    with opened(data) as store:
        changes = Changes()
        watcher = Watcher(store, changes.tell)
        watcher.start()
        try:
            app = web(store, settings, changes)
            config = pages_config(app, settings, host=settings.listen_host, port=settings.listen_port)
            server = PagesServer(config, changes, has_begun)
            with watched("serve", settings, store, [watcher], {"pages": server.trouble}, begun=False):
                server.run()
        except (TlsUnfit, SignOnUnfit) as problem:
            raise Refused(str(problem)) from None
        finally:
            watcher.stop()


def receive(data: Data = None) -> None:
    """Store what devices send. Any number of these may run, on a broker of MQTT 5."""
    from fleet.workers.receiver import Receiver

    work("receive", data, lambda store, settings: Receiver(store, settings))


def supply(data: Data = None) -> None:
    """Give devices the pieces of the releases that they load. Any number of these may run, on a broker of MQTT 5."""
    from fleet.workers.supplier import Supplier

    work("supply", data, lambda store, settings: Supplier(store, settings))


def link(data: Data = None) -> None:
    """Link stored events into visits, estimate waits, and raise alerts. Any number of these may run."""
    from fleet.workers.estimator import Estimator
    from fleet.workers.linker import Linker
    from fleet.workers.lookout import Lookout

    work(
        "link",
        data,
        lambda store, _: Linker(store),
        lambda store, _: Estimator(store),
        lambda store, _: Lookout(store),
        needs_broker=False,
    )


def send(data: Data = None) -> None:
    """Welcome devices, answer their wishes, tell the broker who may connect, tell webhooks, send letters, watch over
    certificates and backups, and forget what is over. One of these runs."""
    from fleet.flows.may_connect import Registry
    from fleet.workers.backup_watch import BackupWatch
    from fleet.workers.certificate_watch import CertificateWatch
    from fleet.workers.deliverer import Deliverer
    from fleet.workers.doorkeeper import Doorkeeper
    from fleet.workers.mailer import Mailer
    from fleet.workers.purger import Purger
    from fleet.workers.reporter import Reporter
    from fleet.workers.sender import Sender

    access = access_named(settings_of(data))
    keeping = [] if access is None else [lambda store, _: Doorkeeper(Registry(store), access)]
    work(
        "send",
        data,
        *keeping,
        lambda store, settings: Sender(store, settings),
        lambda store, settings: Purger(store, settings.keep_days, settings.archive),
        lambda store, _: Deliverer(store),
        lambda store, settings: Mailer(store, settings),
        lambda store, _: Reporter(store),
        lambda store, settings: CertificateWatch(store, settings),
        lambda store, _: BackupWatch(store),
    )


def access_named(settings: Settings) -> "BrokerAccess | None":
    """How the broker is told who may connect; refuses settings that lack something."""
    from fleet.provisioning.access import AccessFailed, access_of

    try:
        return access_of(settings)
    except AccessFailed as problem:
        raise Refused(str(problem)) from None


def work(name: str, data: Data, *make: "Callable[[Store, Settings], Worker]", needs_broker: bool = True) -> None:
    """Let these workers run as the process of this name until they are told to stop."""
    from fleet.commands.watched import watched

    settings = settings_of(data)
    set_up_logs(settings, name)
    told = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: told.set())
    with opened(data) as store:
        if needs_broker and not settings.broker_host:
            raise Refused("MOTCUA_BROKER_HOST: expected the host of the broker, found nothing")
        workers = [one(store, settings) for one in make]
        for worker in workers:
            worker.start()
        try:
            with watched(name, settings, store, workers):
                told.wait()
        finally:
            for worker in reversed(workers):
                worker.stop()


def announce(office: "Running", settings: Settings, pace: float | None) -> None:
    """Where to look, and how to sign in."""
    from rich.panel import Panel

    people = "nobody but you: press at the bench" if pace is None else f"residents and clerks at {pace:g} times life"
    how = way_in(office.name, office.password)
    clerk = way_in(office.clerk, office.clerk_password)
    out.print(
        Panel(
            f"[bold]{office.address}[/]\n"
            f"sign in: [bold]{office.name}[/]  {how}\n\n"
            f"supervisor  {office.address}/\n"
            f"bench       {office.address}/bench   press, scan, unplug yourself\n"
            f"devices     {office.address}/devices\n"
            f"counters    {office.address}/counters   call as a clerk:\n"
            f"            sign in as [bold]{office.clerk}[/]  {clerk}\n\n"
            f"{len(office.boards.boards)} devices run the shipping firmware; {people}.\n"
            f"broker: {office.broker}; data: {settings.data.resolve()}; Ctrl-C stops everything.",
            title="motcua · một cửa",
            expand=False,
        ),
        highlight=False,
    )
    if office.broker == "amqtt":
        out.print("[yellow]amqtt stands in for Mosquitto: slower and forgetful. Nothing is lost; install mosquitto.[/]")


def way_in(name: str, password: str | None) -> str:
    """What somebody signs in with."""
    if password is None:
        return f"the password was changed; `motcua users password {name}` gives a new one"
    return f"password: [bold]{password}[/]"
