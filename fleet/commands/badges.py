"""motcua users badge, badges, sessions: who signs in at the counters, and who did."""

from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.markup import escape
from rich.table import Table

from fleet.clock import now_ms
from fleet.commands.shared import Data, Refused, is_day, opened, out
from fleet.domain.clerk_sessions import clerk_label
from fleet.domain.day import day_of
from fleet.domain.office_now import SessionNow
from fleet.flows import badges as flow
from fleet.flows.watch import offices, sessions_of_day


def badge(
    name: Annotated[str, typer.Argument(help="The name to sign in with, of somebody of one office.")],
    number: Annotated[
        int | None, typer.Option(help="The clerk's number, at the first badge; left out: the next that is free.")
    ] = None,
    take_back: Annotated[bool, typer.Option("--take-back", help="The badge was lost, or its owner left.")] = False,
    data: Data = None,
) -> None:
    """Give somebody a badge for the counters; prints its code, once. An older badge holds no longer."""
    if take_back and number is not None:
        raise Refused("expected --number or --take-back, found both")
    with opened(data) as store:
        try:
            if take_back:
                flow.take_back(store, name, now_ms())
                out.print(f"the badge of {escape(name)} holds no longer", highlight=False)
                return
            given = flow.give_badge(store, name, now_ms(), number)
        except flow.BadgeError as problem:
            raise Refused(str(problem)) from None
    out.print(f"{escape(name)}  {clerk_label(given.number)}  [bold]{given.code}[/]", highlight=False)


def badges(data: Data = None) -> None:
    """List the badges: whose, at which office, since when, and until when."""
    with opened(data) as store:
        known = {one.id: one for one in offices(store)}
        worn = flow.worn_badges(store)
    table = Table(box=None, padding=(0, 2, 0, 0))
    for column in ("clerk", "name", "office", "since", "until"):
        table.add_column(column, no_wrap=column != "name", overflow="fold")
    for one in worn:
        timezone = known[one.office].timezone
        since, until = (None if ms is None else moment(ms, timezone) for ms in (one.from_ms, one.to_ms))
        table.add_row(
            clerk_label(one.number), escape(one.name), escape(one.office), f"{since:%Y-%m-%d}",
            "" if until is None else f"{until:%Y-%m-%d}",
        )  # fmt: skip
    out.print(table if worn else "no badges yet: `motcua users badge` gives one")


def sessions(
    day: Annotated[str | None, typer.Option(help="Of this day, YYYY-MM-DD, instead of today.")] = None,
    office: Annotated[str | None, typer.Option(help="Of this office only.")] = None,
    data: Data = None,
) -> None:
    """List who was signed in at which counter, from when to when, what ended it, and how many visits it had."""
    if day is not None and not is_day(day):
        raise Refused(f"day: expected YYYY-MM-DD, found {day!r}")
    with opened(data) as store:
        found = [one for one in offices(store) if office in (None, one.id)]
        if not found:
            raise Refused("no office yet" if office is None else f"office: there is none of id {office!r}")
        for one in found:
            wanted = day or day_of(now_ms(), one.timezone)
            rows = sessions_of_day(store, one.id, wanted)
            out.print(
                table_of(f"{one.name} · {wanted}", rows, one.timezone)
                if rows
                else f"{escape(one.name)}: nobody signed in on {wanted}"
            )


def table_of(title: str, rows: tuple[SessionNow, ...], timezone: str) -> Table:
    """The sessions as a table."""
    table = Table(title=escape(title), title_justify="left", box=None, padding=(0, 1, 0, 0))
    for column in ("clerk", "counter", "from", "to", "visits", "ended because"):
        table.add_column(column, no_wrap=column != "ended because", overflow="fold")
    for one in rows:
        ended = None if one.ended_ms is None else moment(one.ended_ms, timezone)
        table.add_row(
            one.clerk,
            escape(one.counter),
            f"{moment(one.began_ms, timezone):%H:%M}",
            "…" if ended is None else f"{ended:%H:%M}",
            str(one.visits),
            one.ended_by or "",
        )
    return table


def moment(ms: int, timezone: str) -> datetime:
    """The office's own time."""
    return datetime.fromtimestamp(ms / 1000, ZoneInfo(timezone))
