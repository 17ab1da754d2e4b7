"""motcua crowd: very many devices at the level of the protocol, for whoever sizes an installation."""

import asyncio
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from fleet.clock import now_ms
from fleet.commands.crowd_life import CrowdLife
from fleet.commands.shared import Data, Refused, err, opened, say, settings_of
from fleet.crowd.gathering import CrowdFailed
from fleet.crowd.latency import quantile_ms
from fleet.crowd.limits import processes_for, refuse_limits
from fleet.crowd.seen import Seen
from fleet.crowd.wish import BadWish, Wish, brokers_of
from fleet.domain.crowd import LARGEST, Verdict
from fleet.domain.office_rhythm import BadMoment, moment_of
from fleet.flows.crowd_boards import enrol_boards
from fleet.flows.crowd_compared import compare as compare_truth
from fleet.flows.crowd_compared import compare_days, is_linked
from fleet.flows.crowd_said import BadTruth, Run, begin, records
from fleet.flows.enrol_crowd import NotAlone, enrol_crowd, refuse_company
from fleet.settings import Settings
from fleet.store.database import Store

app = typer.Typer(help="Very many devices at the level of the protocol, for whoever sizes an installation.")
LOOK_S = 1.0

Devices = Annotated[int, typer.Option(min=1, max=LARGEST, help="How many; ten stand in an office.")]
Beside = Annotated[
    bool, typer.Option("--beside-real-devices", help="Go on although the fleet has devices that are not the crowd's.")
]
Relink = Annotated[bool, typer.Option("--relink", help="Link each day once more in memory, and compare that, too.")]


@app.callback(invoke_without_command=True)
def crowd(
    context: typer.Context,
    devices: Devices = 1_000,
    minutes: Annotated[float, typer.Option(help="So long people use them.")] = 10.0,
    broker: Annotated[
        list[str] | None, typer.Option(help="host:port where devices come; may be given several times.")
    ] = None,
    speed: Annotated[float, typer.Option(min=1, max=1_000, help="So many times as fast as people live.")] = 1.0,
    begins: Annotated[str, typer.Option("--from", help="The moment of a week at which it begins.")] = "mon-07:30",
    visits: Annotated[float, typer.Option(min=1, help="How many come to an office on a usual day.")] = 150.0,
    seed: Annotated[int, typer.Option(help="Another seed, another crowd.")] = 1,
    a_second: Annotated[float, typer.Option(min=1, help="At first so many come a second.")] = 200.0,
    cut_every: Annotated[
        float | None, typer.Option(min=1, help="All connections are lost each so many seconds.")
    ] = None,
    processes: Annotated[int | None, typer.Option(min=1, help="How many; one for 20,000 devices without.")] = None,
    source: Annotated[
        list[str] | None, typer.Option(help="An address of this machine to come from; several times.")
    ] = None,
    truth: Annotated[Path | None, typer.Option(help="File for what was said.", show_default=False)] = None,
    real: Annotated[int, typer.Option(min=0, help="Beside it so many boards that run the shipping firmware.")] = 0,
    settle: Annotated[float, typer.Option(min=0, help="Minutes to wait at the end for what is on its way.")] = 10.0,
    relink: Relink = False,
    beside: Beside = False,
    data: Data = None,
) -> None:
    """Enrol a crowd, let it come and be used for so long, and compare what it said with what the fleet has."""
    if context.invoked_subcommand is not None:
        return
    settings = settings_of(data)
    path = truth or settings.data / f"crowd-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}.said"
    with refusing(), alone_in(data, beside) as store:
        wish = Wish(
            *(0, devices, brokers(settings, broker), "", str(path), minutes * 60),
            seed=seed,
            times=speed,
            begins_min=moment_of(begins),
            visits=visits,
            a_second=a_second,
            cut_every_s=cut_every,
            sources=tuple(source or ()),
            tls=tls_of(settings),
            tls_ca=None if settings.devices_tls_ca is None else str(settings.devices_tls_ca),
            protocol=settings.broker_protocol,
        )
        count = processes or processes_for(devices)
        refuse_limits(wish.shared(count))
        wish = wish.with_key(enrolled(store, settings.data, devices))
        began_ms = now_ms()
        boards = enrol_boards(store, wish.key, real, began_ms)
        life = CrowdLife(store, wish, settle * 60, boards, began_ms)
        begin(path, Run(devices, seed, began_ms))
        seen = asyncio.run(life.live(count))
        linked(store, settle * 60)
        verdict = compared(store, path, relink)
        life.judge(verdict)
    told(seen, path, verdict)


@app.command()
def enrol(devices: Devices = 1_000, beside: Beside = False, data: Data = None) -> None:
    """Only enrol the devices of a crowd, so that a broker may be told of them before they come."""
    with refusing(), alone_in(data, beside) as store:
        enrolled(store, settings_of(data).data, devices)
    say(f"{devices} devices of a crowd are enrolled")


@app.command("compare")
def compare_again(
    truth: Annotated[Path, typer.Argument(help="What `motcua crowd` wrote.")],
    relink: Relink = False,
    data: Data = None,
) -> None:
    """Compare what a crowd said with what the fleet has, once more."""
    with refusing(), opened(data) as store:
        told(None, truth, compared(store, truth, relink))


@contextmanager
def refusing() -> Iterator[None]:
    """What cannot be done is said in a sentence. Raises Refused."""
    try:
        yield
    except (BadWish, BadMoment, BadTruth, NotAlone, CrowdFailed) as problem:
        raise Refused(str(problem)) from None
    except FileExistsError as problem:
        raise Refused(f"truth: expected a new file, found {problem.filename}") from None


@contextmanager
def alone_in(data: Path | None, beside: bool) -> Iterator[Store]:
    """The store of a fleet that is the crowd's alone, or was said not to be. Raises NotAlone."""
    with opened(data) as store:
        if not beside:
            refuse_company(store)
        yield store


def brokers(settings: Settings, named: list[str] | None) -> tuple[tuple[str, int], ...]:
    """Where devices come. Raises BadWish."""
    port = settings.devices_port or settings.broker_port
    host = settings.devices_host or settings.broker_host
    if not named and not host:
        raise BadWish("broker: expected --broker, or MOTCUA_DEVICES_HOST, found neither")
    return brokers_of(named or [f"{host}:{port}"], port)


def tls_of(settings: Settings) -> bool:
    """Whether devices speak TLS. Raises BadWish."""
    if settings.devices_tls == "psk":
        raise BadWish("MOTCUA_DEVICES_TLS: expected none or cert, found psk, which a crowd does not speak")
    return settings.devices_tls == "cert"


def enrolled(store: Store, folder: Path, devices: int) -> str:
    """The key of the crowd, whose devices are all there then."""
    with Progress(console=err, transient=True, disable=not err.is_terminal) as progress:
        task = progress.add_task("enrolling", total=devices)
        return enrol_crowd(store, folder, devices, now_ms(), lambda done: progress.update(task, completed=done))


def linked(store: Store, within_s: float) -> None:
    """Wait until the linkers have done their work; what they have not done is seen in the verdict."""
    end_s = time.monotonic() + within_s
    with err.status("waiting for the linkers …"):
        while not is_linked(store) and time.monotonic() < end_s:
            time.sleep(LOOK_S)


def compared(store: Store, truth: Path, relink: bool) -> Verdict:
    """What came of it. Raises BadTruth."""
    with Progress(console=err, transient=True, disable=not err.is_terminal) as progress:
        task = progress.add_task("comparing", total=records(truth) if truth.exists() else None)
        verdict = compare_truth(store, truth, lambda done: progress.update(task, completed=done))
        if relink:
            compare_days(store, verdict, now_ms())
    return verdict


def told(seen: Seen | None, truth: Path, verdict: Verdict) -> None:
    """A line of JSON for the crowd and one for the verdict; 1 if anything is not as it was said."""
    if seen is not None:
        p50, p99 = (quantile_ms(seen.latency, share) for share in (0.5, 0.99))
        numbers = {name: value for name, value in vars(seen).items() if name != "latency"}
        say(json.dumps({"what": "crowd", **numbers, "receipt_p50_ms": p50, "receipt_p99_ms": p99}))
    say(json.dumps({"what": "verdict", "truth": str(truth), **verdict.counts()}))
    for example in verdict.examples:
        err.print(example, highlight=False, markup=False)
    if not verdict.is_clean:
        raise typer.Exit(1)
