"""motcua tokens: programs that may call the API."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from fleet.clock import now_ms
from fleet.commands.shared import Data, Refused, opened, out
from fleet.domain.api_rights import Scope
from fleet.flows import tokens
from fleet.store.tokens import TokenRow

DAYS = 365

app = typer.Typer(no_args_is_help=True, help="Programs that may call the API.")


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="Which program it is for.")],
    scope: Annotated[list[Scope], typer.Option(help="What it may do; may be given several times.")],
    office: Annotated[str | None, typer.Option(help="Only at this office, or at those below this unit.")] = None,
    days: Annotated[
        int, typer.Option(help="For so many days; 0: until it is revoked.", min=0, max=tokens.MOST_DAYS)
    ] = DAYS,
    data: Data = None,
) -> None:
    """Give a program a token; prints it, once."""
    with opened(data) as store:
        try:
            issued = tokens.issue(store, name, frozenset(scope), office, days or None, now_ms())
        except tokens.TokenUnfit as problem:
            raise Refused(str(problem)) from None
    out.print(f"{issued.row.id}  [bold]{issued.secret}[/]", highlight=False)


@app.command("list")
def listed(data: Data = None) -> None:
    """List all tokens: for whom they are, what they may do, when they were used last. Never what they are."""
    with opened(data) as store:
        rows = tokens.all_tokens(store)
    if not rows:
        out.print("no tokens yet: `motcua tokens add` gives one")
        return
    table = Table(box=None, padding=(0, 2, 0, 0))
    for column in ("id", "name", "scopes", "office", "holds", "used"):
        table.add_column(column, overflow="fold")
    for row in rows:
        words = row.scopes.replace(" ", "\n")
        table.add_row(row.id, escape(row.name), words, row.unit or "all", holds(row, now_ms()), day(row.used_ms))
    out.print(table)


@app.command()
def revoke(
    token: Annotated[str, typer.Argument(help="Its id, as `motcua tokens list` shows it.")], data: Data = None
) -> None:
    """Let a token open nothing any more, at once."""
    with opened(data) as store:
        try:
            tokens.revoke(store, token, now_ms())
        except tokens.TokenUnfit as problem:
            raise Refused(str(problem)) from None
    out.print(f"{escape(token)} is revoked")


def holds(row: TokenRow, at_ms: int) -> str:
    """Until when."""
    if row.revoked_ms is not None:
        return "revoked"
    if row.expires_ms is None:
        return "until revoked"
    return f"{'until' if row.expires_ms > at_ms else 'ended'} {day(row.expires_ms)}"


def day(ms: int | None) -> str:
    """A moment's day, in UTC."""
    return "never" if ms is None else f"{datetime.fromtimestamp(ms / 1000, UTC):%Y-%m-%d}"
