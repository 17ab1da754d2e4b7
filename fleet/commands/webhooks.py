"""motcua webhooks: programs that are told of what happens."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from fleet.clock import now_ms
from fleet.commands.shared import Data, Refused, opened, out
from fleet.flows import webhooks

SHOWN = 20

app = typer.Typer(no_args_is_help=True, help="Programs that are told of what happens.")

Number = Annotated[int, typer.Argument(help="Its number, as `motcua webhooks list` shows it.")]


@app.command()
def add(
    url: Annotated[str, typer.Argument(help="The address that is told.")],
    event: Annotated[
        list[str],
        typer.Option(help="What it is told of, such as visit.closed or alert.opened; may be given several times."),
    ],
    office: Annotated[str | None, typer.Option(help="Only of visits and alerts at this office (its id).")] = None,
    data: Data = None,
) -> None:
    """Tell an address of what happens from now on; prints its number and its secret, once."""
    with opened(data) as store:
        try:
            number, secret = webhooks.add(store, url, frozenset(event), office, now_ms())
        except webhooks.WebhookUnfit as problem:
            raise Refused(str(problem)) from None
    out.print(f"{number}  [bold]{secret}[/]", highlight=False)
    if url.startswith("http:"):
        out.print("[yellow]anybody on the way can read what is sent to an address of http://[/]")


@app.command("list")
def listed(data: Data = None) -> None:
    """List all addresses and what each is told of. Never a secret."""
    with opened(data) as store:
        rows = webhooks.endpoints(store)
    if not rows:
        out.print("nobody is told yet: `motcua webhooks add` tells an address")
        return
    table = Table(box=None, padding=(0, 2, 0, 0))
    for column in ("number", "url", "events", "office"):
        table.add_column(column, overflow="fold")
    for row in rows:
        number = f"{row.id} (paused)" if row.paused else str(row.id)
        table.add_row(number, escape(row.url), row.events.replace(" ", "\n"), row.office or "all")
    out.print(table)


@app.command()
def remove(number: Number, data: Data = None) -> None:
    """Tell an address nothing any more; what it was yet to be told is forgotten."""
    with opened(data) as store:
        try:
            webhooks.remove(store, number)
        except webhooks.WebhookUnfit as problem:
            raise Refused(str(problem)) from None
    out.print(f"{number} is removed")


@app.command()
def pause(
    number: Number,
    resume: Annotated[bool, typer.Option("--resume", help="Tell it again of what happens from now on.")] = False,
    data: Data = None,
) -> None:
    """Tell an address nothing for now; what happens meanwhile it is not told later."""
    with opened(data) as store:
        try:
            webhooks.pause(store, number, not resume, now_ms())
        except webhooks.WebhookUnfit as problem:
            raise Refused(str(problem)) from None
    out.print(f"{number} is {'told again' if resume else 'paused'}")


@app.command("test")
def say_test(number: Number, data: Data = None) -> None:
    """Send an address a message of the type `test`, after all that it is yet to be told."""
    with opened(data) as store:
        try:
            webhooks.say_test(store, number, now_ms())
        except webhooks.WebhookUnfit as problem:
            raise Refused(str(problem)) from None
    out.print(f"waits to be sent by `motcua send`; `motcua webhooks deliveries {number}` tells what came of it")


@app.command()
def deliveries(
    number: Number, most: Annotated[int, typer.Option(help="Show at most so many.", min=1)] = SHOWN, data: Data = None
) -> None:
    """What an address was told last, the newest first, and what it answered."""
    with opened(data) as store:
        try:
            rows = webhooks.last(store, number, most)
        except webhooks.WebhookUnfit as problem:
            raise Refused(str(problem)) from None
    if not rows:
        out.print("nothing yet")
        return
    table = Table(box=None, padding=(0, 1, 0, 0))
    for column in ("id", "type", "state", "tries", "tried", "answer"):
        table.add_column(column, overflow="fold")
    for row in rows:
        tried = "" if row.tried_ms is None else f"{datetime.fromtimestamp(row.tried_ms / 1000, UTC):%m-%d %H:%M:%SZ}"
        table.add_row(str(row.id), row.kind, row.state, str(row.attempts), tried, escape(row.said))
    out.print(table)
