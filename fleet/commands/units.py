"""motcua org: the tree of units in time, and the organisations that own dossiers."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import typer

from fleet.clock import now_ms
from fleet.commands.shared import Data, Encoding, Language, Refused, caller, day_of_option, opened, say, taken
from fleet.domain.cells import shown_day
from fleet.domain.org_table import KIND_NAMES
from fleet.domain.org_tree import EVER, PLACES, Kind, Node, Tree, order
from fleet.domain.responsible import Organisations
from fleet.domain.succession import Share, comparable, heirs_on, made_of
from fleet.flows import responsible
from fleet.flows.import_dossiers import day_in_viet_nam
from fleet.flows.units import export_units, import_units, tree_of
from protocols.dossier_code import parse_dossier_code
from protocols.message import ProtocolError

app = typer.Typer(no_args_is_help=True, help="The tree of units in time: provinces, centres, offices, organisations.")

At = Annotated[str | None, typer.Option("--at", help="On this day, YYYY-MM-DD or DD/MM/YYYY, instead of today.")]
NOT_KNOWN = "share not known"
OWNERSHIP = {None: "not certain whether the office's own", True: "of another organisation", False: "the office's own"}


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="A CSV or XLSX file.")],
    whole: Annotated[bool, typer.Option("--whole", help="Remove what the file does not name.")] = False,
    encoding: Encoding = None,
    language: Language = "vi",
    data: Data = None,
) -> None:
    """Take a file of units over, whole or not at all; every bad row is named."""
    with opened(data) as store, taken(language):
        result = import_units(store, file, caller(), now_ms(), encoding, whole)
    removed = f", {result.removed} removed" if whole else ""
    counts = f"{result.new} units new, {result.changed} changed, {result.unchanged} unchanged{removed}"
    say(f"{result.file}: {counts}")


@app.command()
def export(data: Data = None) -> None:
    """Print the whole tree as CSV, as `motcua org import` takes it."""
    with opened(data) as store:
        typer.echo(export_units(store), nl=False)


@app.command()
def show(
    unit: Annotated[str | None, typer.Argument(help="Only this unit, and what is below it.")] = None,
    at: At = None,
    data: Data = None,
) -> None:
    """Show the tree of one day. Of one unit also what it was, and what became of it."""
    with opened(data) as store:
        tree = tree_of(store)
    today = day_in_viet_nam(now_ms())
    day = day_of_option(at, today)
    if unit is not None and unit not in tree.units:
        raise Refused(f"unit: expected the id of a known unit, found {unit!r}")
    below = tree.below(day)
    tops = below.get(None, []) if unit is None else [node for node in [tree.at(unit, day)] if node is not None]
    for depth, node in walk(below, tops):
        say(line_of(depth, node))
    if unit is not None:
        history(tree, unit, today)
    elif not tops:
        say(f"no units on {day:%Y-%m-%d}: `motcua org import` brings them")


@app.command()
def whose(
    codes: Annotated[list[str], typer.Argument(help="Codes of dossiers, in either order.")],
    office: Annotated[str | None, typer.Option(help="Say whether it is this office's own.")] = None,
    at: At = None,
    data: Data = None,
) -> None:
    """Say which organisation a dossier's code belongs to: on the day in the code, and who that is today."""
    with opened(data) as store:
        tree = tree_of(store)
    day = day_of_option(at, day_in_viet_nam(now_ms()))
    organisations = Organisations(tree)
    for text in codes:
        try:
            code = parse_dossier_code(text)
        except ProtocolError as err:
            raise Refused(str(err)) from None
        found = organisations.of(code, day)
        if found is None:
            say(f"{code.text}  no organisation of that day is known")
            continue
        then = tree.at(found.organisation, date(*code.received))
        said = f"{code.text}  {found.prefix}  {found.organisation}  {then.name if then else ''}"
        if list(found.today) != [found.organisation]:
            said += "  →  " + (said_shares(found.today) or "nobody took over")
        if office is not None:
            foreign = organisations.is_foreign(found, office, day)
            said += f"  {OWNERSHIP[foreign]}"
        say(said)


@app.command()
def received(
    office: Annotated[str, typer.Argument(help="The office's id.")],
    since: Annotated[str | None, typer.Option("--from", help="The first day; none: 30 days before the last.")] = None,
    to: Annotated[str | None, typer.Option("--to", help="The last day, instead of today.")] = None,
    data: Data = None,
) -> None:
    """Show what an office received for whom: the dossiers scanned there, by the organisation responsible today."""
    today = day_in_viet_nam(now_ms())
    last = day_of_option(to, today)
    first = day_of_option(since, last - timedelta(days=30))
    with opened(data) as store:
        if office not in tree_of(store).units:
            raise Refused(f"office: expected the id of a known office, found {office!r}")
        found = responsible.received(store, office, first, last, today)
    for one in found:
        name = f"{one.organisation}  {one.name}" if one.organisation else "no organisation is known"
        say(f"{name}  {one.dossiers} dossiers  {one.visits} visits  {OWNERSHIP[one.foreign]}")
    if not found:
        say(f"no dossiers were scanned there from {first:%Y-%m-%d} to {last:%Y-%m-%d}")


@app.command()
def series(
    before: Annotated[str, typer.Option(help="The earlier day, YYYY-MM-DD or DD/MM/YYYY.")],
    unit: Annotated[
        str | None, typer.Argument(help="What this unit is made of; none: all that may be compared.")
    ] = None,
    at: At = None,
    data: Data = None,
) -> None:
    """Say which units of an earlier day compare with which of today, and by which share."""
    with opened(data) as store:
        tree = tree_of(store)
    day = day_of_option(at, day_in_viet_nam(now_ms()))
    earlier = day_of_option(before, day)
    if earlier > day:
        raise Refused(f"before: expected a day not after {day:%Y-%m-%d}, found {before!r}")
    if unit is not None:
        if unit not in tree.units:
            raise Refused(f"unit: expected the id of a known unit, found {unit!r}")
        made = made_of(tree, unit, earlier, day)
        say(f"{unit}  ←  {said_shares(made) or 'nothing that was there'}")
        return
    for group in comparable(tree, PLACES | {Kind.PROVINCE}, earlier, day):
        known = "" if group.shares_known else f"  ({NOT_KNOWN})"
        then, now = " + ".join(group.before) or "nothing", " + ".join(group.after) or "nothing"
        say(f"{then}  →  {now}{known}")


def walk(below: dict[str | None, list[Node]], nodes: list[Node], depth: int = 0) -> Iterator[tuple[int, Node]]:
    """These nodes and what is below them, each with its depth."""
    for node in sorted(nodes, key=order):
        yield depth, node
        yield from walk(below, below.get(node.id, []), depth + 1)


def line_of(depth: int, node: Node) -> str:
    codes = f"  {' '.join(node.codes)}" if node.codes else ""
    return f"{'  ' * depth}{node.name}  ({KIND_NAMES[node.kind][0]} {node.id}){codes}"


def history(tree: Tree, unit: str, today: date) -> None:
    """What a unit was, and what became of it."""
    for node in tree.units[unit]:
        since = "…" if node.valid_from == EVER else shown_day(node.valid_from)
        until = "…" if node.valid_to is None else shown_day(node.valid_to)
        say(f"{since} – {until}  {node.name}")
    first = tree.units[unit][0].valid_from
    if tree.heirs(unit):
        became = said_shares(heirs_on(tree, unit, today)) or "nobody"
        say(f"today  {became}")
    if first != EVER:
        made = made_of(tree, unit, first - timedelta(days=1), max(first, today))
        if made:
            say(f"made of  {said_shares(made)}")


def said_shares(shares: dict[str, Share]) -> str:
    """`xa-a 60%, xa-b (share not known)`."""
    return ", ".join(
        f"{unit} ({NOT_KNOWN})" if share is None else unit if share == 1 else f"{unit} {float(share) * 100:g}%"
        for unit, share in shares.items()
    )
