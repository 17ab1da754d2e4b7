"""motcua tokens: programs that may call the API."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from fleet.clock import now_ms
from fleet.commands.shared import Data, Refused, opened, out
from fleet.domain.api_rights import Scope
from fleet.flows import service_accounts, tokens
from fleet.settings import Settings
from fleet.store.tokens import TokenRow

DAYS = 365

app = typer.Typer(no_args_is_help=True, help="Programs that may call the API.")


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="Which program it is for.")],
    scope: Annotated[list[Scope], typer.Option(help="What it may do; may be given several times.")],
    office: Annotated[str | None, typer.Option(help="Only at this office, or at those below this unit.")] = None,
    days: Annotated[int, typer.Option(help="For so many days, MOTCUA_TOKEN_DAYS at most.", min=1)] = DAYS,
    service: Annotated[
        str | None, typer.Option(help="Of this service (its name or id); without it, of one that is called like it.")
    ] = None,
    data: Data = None,
) -> None:
    """Give a program a token; prints it, once."""
    with opened(data) as store:
        most = Settings().token_days
        try:
            owner = None if service is None else service_accounts.service_of(store, service)
            days = min(days, most) if days == DAYS else days
            issued = tokens.issue(store, name, frozenset(scope), office, days, now_ms(), owner, most_days=most)
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
    for column in ("id", "name", "of", "scopes", "office", "holds", "used"):
        table.add_column(column, overflow="fold")
    for row in rows:
        words = row.scopes.replace(" ", "\n")
        holding, owner = holds(row, now_ms()), "" if row.owner == row.name else escape(row.owner)
        table.add_row(row.id, escape(row.name), owner, words, row.unit or "all", holding, day(row.used_ms))
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


@app.command()
def add_service(
    name: Annotated[str, typer.Argument(help="What it is called.")],
    about: Annotated[str, typer.Option(help="What it is for, and who answers for it.")] = "",
    office: Annotated[str | None, typer.Option(help="Only at this office, or at those below this unit.")] = None,
    data: Data = None,
) -> None:
    """Give a service an account: tokens of it stay when people leave. Nobody signs in with it."""
    with opened(data) as store:
        try:
            row = service_accounts.add_service(store, name, about, office, now_ms())
        except tokens.TokenUnfit as problem:
            raise Refused(str(problem)) from None
    out.print(f"{row.id}  {escape(row.name)}", highlight=False)


@app.command()
def services(data: Data = None) -> None:
    """List the accounts of services, and what each is for."""
    with opened(data) as store:
        rows = service_accounts.all_services(store)
    table = Table(box=None, padding=(0, 2, 0, 0))
    for column in ("id", "name", "office", "holds", "about"):
        table.add_column(column, overflow="fold")
    for row in rows:
        holding = "yes" if row.ended_ms is None else f"ended {day(row.ended_ms)}"
        table.add_row(row.id, escape(row.name), row.unit or "all", holding, escape(row.about))
    out.print(table if rows else "no services yet: `motcua tokens add-service` makes one")


@app.command()
def end_service(
    service: Annotated[str, typer.Argument(help="Its name or id, as `motcua tokens services` shows them.")],
    data: Data = None,
) -> None:
    """End the account of a service: all its tokens open nothing any more, at once."""
    with opened(data) as store:
        try:
            known = service_accounts.service_of(store, service)
            ended = service_accounts.end_service(store, known, now_ms())
        except tokens.TokenUnfit as problem:
            raise Refused(str(problem)) from None
    out.print(f"{escape(service)} is ended, and {ended} tokens with it", highlight=False)


def holds(row: TokenRow, at_ms: int) -> str:
    """Until when."""
    if row.revoked_ms is not None:
        return "revoked"
    if row.expires_ms is None or row.expires_ms <= at_ms:
        return f"ended {day(row.expires_ms)}"
    return f"until {day(row.expires_ms)}{', soon' if tokens.ends_soon(row, at_ms) else ''}"


def day(ms: int | None) -> str:
    """A moment's day, in UTC."""
    return "never" if ms is None else f"{datetime.fromtimestamp(ms / 1000, UTC):%Y-%m-%d}"
