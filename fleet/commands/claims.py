"""motcua claims: who may be enrolled. A claim's secret goes into a file for the bench and nowhere else."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from fleet.clock import now_ms
from fleet.commands.retention import shown
from fleet.commands.shared import Data, Encoding, Language, Refused, caller, opened, out, say, settings_of, taken
from fleet.devices_network import NoNetwork, devices_network
from fleet.domain.claim_ids import BadClaimId, read_claim_id, shown_claim_id
from fleet.domain.claims import LONGEST_HOURS, SHORTEST_HOURS, Claim, ClaimFile, ClaimState, Wanted
from fleet.domain.file_errors import BadFile
from fleet.flows import claim as flow
from fleet.flows.claim_many import claim_file, example
from fleet.settings import Settings
from fleet.store.database import Store
from protocols.configuring import ROLES

LIST_AT_MOST = 100
COLOURS = {
    ClaimState.WAITING: "blue",
    ClaimState.USED: "green",
    ClaimState.EXPIRED: "yellow",
    ClaimState.WITHDRAWN: "dim",
}

app = typer.Typer(no_args_is_help=True, help="Rights to enrol a board: make them, list them, withdraw one.")

Out = Annotated[Path, typer.Option("--out", help="The claim file to write, readable by you alone; it must be new.")]
Hours = Annotated[
    float | None,
    typer.Option(
        help="For so many hours, instead of MOTCUA_DEVICES_CLAIM_HOURS.", min=SHORTEST_HOURS, max=LONGEST_HOURS
    ),
]
ClaimId = Annotated[str, typer.Argument(help="The claim's id, as it stands on the label.")]


@app.command()
def make(
    role: Annotated[list[str], typer.Option(help=f"A role: {', '.join(ROLES)}. May be given several times.")],
    office: Annotated[str, typer.Option(help="The office where it shall stand.")],
    file: Out,
    counter: Annotated[str | None, typer.Option(help="The counter where it shall stand; none: the lobby.")] = None,
    device: Annotated[str | None, typer.Option(help="The device's id; none: after its place and role.")] = None,
    hw: Annotated[str | None, typer.Option(help="Only the board that says this of itself may use it.")] = None,
    count: Annotated[int, typer.Option(help="So many alike.", min=1, max=1000)] = 1,
    hours: Hours = None,
    data: Data = None,
) -> None:
    """Make claims for one place; their file is for `motcua bench` or the page that enrols."""
    one = Wanted(device, tuple(role), office, counter, None if hw is None else hw.lower())
    settings = settings_of(data)

    def made(store: Store) -> list[ClaimFile]:
        try:
            return flow.make_claims(store, [one] * count, caller(), hours or settings.devices_claim_hours, now_ms())
        except BadFile as problem:
            raise Refused(" ".join(problem.said("en"))) from None

    write(settings, data, file, made)


@app.command("import")
def import_file(
    table: Annotated[Path, typer.Argument(help="A CSV or XLSX file: device, roles, office, counter, hw.")],
    file: Out,
    hours: Hours = None,
    encoding: Encoding = None,
    language: Language = "vi",
    data: Data = None,
) -> None:
    """Make a claim for each row of a table, or none; every bad row is named."""
    settings = settings_of(data)
    with taken(language):
        write(
            settings,
            data,
            file,
            lambda store: claim_file(store, table, caller(), hours or settings.devices_claim_hours, now_ms(), encoding),
        )


@app.command("example")
def show_example() -> None:
    """Print a table to begin with, as `motcua claims import` takes it."""
    typer.echo(example(), nl=False)


@app.command("list")
def listed(
    office: Annotated[str | None, typer.Option(help="Of this office only.")] = None,
    state: Annotated[ClaimState | None, typer.Option(help="Of this state only.")] = None,
    data: Data = None,
) -> None:
    """List claims, the newest first: for what they are, until when, and who used them. Never their secrets."""
    at_ms = now_ms()
    with opened(data) as store:
        found = flow.claims_now(store, None if office is None else [office], at_ms, LIST_AT_MOST, state=state)
    if not any(found.counts.values()):
        out.print("no claims yet: `motcua claims make` makes one")
        return
    table = Table(box=None, padding=(0, 2, 0, 0))
    for column in ("claim", "state", "device", "roles", "place", "until", "made by", "board"):
        table.add_column(column, overflow="fold", no_wrap=column == "claim")
    for one in found.items:
        table.add_row(*row_of(one, at_ms))
    out.print(table)
    say(", ".join(f"{n} {state.value}" for state, n in found.counts.items()))


@app.command()
def withdraw(claim: ClaimId, data: Data = None) -> None:
    """Nobody may use this claim any more."""
    try:
        known = read_claim_id(claim)
    except BadClaimId as problem:
        raise Refused(str(problem)) from None
    with opened(data) as store:
        try:
            found = flow.withdraw(store, known, caller(), now_ms())
        except flow.ClaimRefused as problem:
            raise Refused(str(problem)) from None
    say(f"{shown_claim_id(known)} is withdrawn; {found.device} can not be enrolled with it")


def write(settings: Settings, data: Data, path: Path, make: Callable[[Store], list[ClaimFile]]) -> None:
    """Make claims and write their file; where either fails there is neither."""
    with opened(data) as store:
        network = network_of(settings)
        with new_private(path) as file:
            files = make(store)
            keep(store, file, [one.line(network) for one in files], files)
    out.print(f"[bold]{escape(str(path))}[/]: {len(files)} claim{'' if len(files) == 1 else 's'}", highlight=False)
    for one in files[:LIST_AT_MOST]:
        say(f"{shown_claim_id(one.claim)}  {one.device}  {' '.join(one.roles)}  {one.counter or one.office}")


def keep(store: Store, file: IO[str], lines: list[str], files: list[ClaimFile]) -> None:
    """Write these lines; if they can not be, nobody has their secrets, and the claims are withdrawn."""
    try:
        file.writelines(line + "\n" for line in lines)
        file.flush()
        os.fsync(file.fileno())
    except OSError:
        for one in files:
            flow.withdraw(store, one.claim, caller(), now_ms())
        raise


def network_of(settings: Settings) -> dict[str, object]:
    """Where devices reach the broker: as the settings say, or as the office of this folder runs. Raises Refused."""
    from fleet.laptop.kept import kept_network

    try:
        return devices_network(settings)
    except NoNetwork as problem:
        kept = kept_network(settings.data) if problem.setting == "MOTCUA_DEVICES_HOST" else None
        if kept is None:
            raise Refused(str(problem)) from None
        return kept


@contextmanager
def new_private(path: Path) -> Iterator[IO[str]]:
    """A new file that only we may read; gone where the block fails. Raises Refused where one is there."""
    try:
        file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8")
    except FileExistsError:
        raise Refused(f"{path}: expected a new file, found one; the secrets in it would be lost") from None
    try:
        with file:
            yield file
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def row_of(one: Claim, at_ms: int) -> tuple[str, ...]:
    """A claim as a row."""
    state = one.state(at_ms)
    return (
        shown_claim_id(one.id),
        f"[{COLOURS[state]}]{state.value}[/]",
        one.device,
        " ".join(one.roles),
        one.office if one.counter is None else f"{one.office} {one.counter}",
        shown(one.expires_ms),
        escape(one.made_by),
        one.used_hw or one.hw or "",
    )
