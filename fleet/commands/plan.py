"""motcua plan: what a fleet of so many devices needs, computed from what was measured."""

from collections.abc import Iterator
from typing import Annotated

import typer
from rich.table import Table

from fleet.commands.shared import Refused, check_language, out, say
from fleet.domain.crowd import LARGEST
from fleet.domain.plan import plan as planned
from fleet.domain.plan_breaks import breaks
from fleet.domain.plan_price import priced
from fleet.domain.plan_tables import Table as Said
from fleet.domain.plan_tables import tables
from fleet.domain.planned import Asked


def plan(
    devices: Annotated[int, typer.Option(min=10, max=LARGEST, help="How many; ten stand in an office.")] = 1_000,
    events: Annotated[float, typer.Option(min=1, help="Events of a device on a usual day.")] = Asked.events,
    returning: Annotated[
        float, typer.Option(min=0, max=1, help="The share of devices that comes back at once after a power cut.")
    ] = Asked.returning,
    cores: Annotated[int, typer.Option(min=1, help="Cores of a machine.")] = Asked.cores,
    memory: Annotated[int, typer.Option(min=1, help="Gigabytes of memory of a machine.")] = Asked.memory_gb,
    full: Annotated[
        float, typer.Option(min=0.1, max=1, help="A core that is busy for this share of its time counts as full.")
    ] = Asked.full,
    days: Annotated[int, typer.Option(min=1, max=366, help="Days a year on which offices work.")] = Asked.days,
    kept: Annotated[int, typer.Option(min=7, help="For so many days events are kept.")] = Asked.kept,
    open_pages: Annotated[int, typer.Option(min=0, help="Live pages open at each office.")] = Asked.open_pages,
    prices: Annotated[
        str | None, typer.Option(help="What a vCPU, a GB of memory and a GB of disk cost a month: `12,3,0.1`.")
    ] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="As tables of Markdown.")] = False,
    language: Annotated[str, typer.Option("--language", help="vi or en.")] = "vi",
) -> None:
    """Compute what a fleet of so many devices needs, and what breaks first as it grows. Nothing is read or changed."""
    check_language(language)
    asked = Asked(devices, events, returning, full, cores, memory, days, kept, open_pages)
    found = planned(asked)
    said = list(tables(found, breaks(asked), language))
    if markdown:
        for line in lines_of(said):
            say(line)
    else:
        for one in said:
            out.print(drawn(one))
    say(priced(found.machines, prices_of(prices), language))


def prices_of(text: str | None) -> tuple[float, float, float] | None:
    """The three prices. Raises Refused."""
    if text is None:
        return None
    try:
        vcpu, memory, disk = map(float, text.split(","))
    except ValueError:
        raise Refused(f"prices: expected three numbers with commas between, such as 12,3,0.1, found {text!r}") from None
    return vcpu, memory, disk


def lines_of(said: list[Said]) -> Iterator[str]:
    """As Markdown has it."""
    for title, heads, rows in said:
        yield f"| {title} | {' | '.join(heads)} |"
        yield f"|---|{'---|' * len(heads)}"
        for row in rows:
            yield f"| {' | '.join(row)} |"
        yield ""


def drawn(said: Said) -> Table:
    """For a terminal."""
    table = Table(said.title, *said.heads)
    for column in table.columns[1:]:
        column.justify = "right"
    for row in said.rows:
        table.add_row(*row)
    return table
