"""motcua users: who may sign in, to the pages and at the counters."""

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from fleet.clock import now_ms
from fleet.commands import badges, second_steps, sign_on
from fleet.commands.shared import Data, Refused, opened, out
from fleet.domain.rights import Role
from fleet.flows import people, set_up_second_step
from fleet.flows.sign_in import NameTaken, NameUnfit, NoSuchPerson, add_person, set_password
from fleet.flows.watch import offices
from fleet.store.database import Store
from fleet.store.staff import StaffRow

app = typer.Typer(no_args_is_help=True, help="People who may sign in, to the pages and at the counters.")
for command in (badges.badge, badges.badges, badges.sessions, second_steps.two_steps, second_steps.take_second_step):
    app.command()(command)
app.command("sign-on")(sign_on.sign_on)

Name = Annotated[str, typer.Argument(help="The name to sign in with.")]


@app.command()
def add(
    name: Name,
    role: Annotated[Role, typer.Option(help="What the person may do.")],
    office: Annotated[str | None, typer.Option(help="Only at this office (its id).")] = None,
    shown_as: Annotated[str, typer.Option(help="The name that pages show.")] = "",
    data: Data = None,
) -> None:
    """Let somebody sign in; prints a password, once."""
    password = secrets.token_urlsafe(12)
    with opened(data) as store:
        known = [one.id for one in offices(store)]
        if office is not None and office not in known:
            raise Refused(f"office: expected one of {', '.join(known) or 'none'}, found {office!r}")
        try:
            add_person(store, name, password, role, now_ms(), office=office, shown_as=shown_as)
        except (NameTaken, NameUnfit) as problem:
            raise Refused(str(problem)) from None
    out.print(f"{escape(name)}  [bold]{password}[/]", highlight=False)


@app.command()
def password(name: Name, data: Data = None) -> None:
    """Give somebody a new password; prints it, once. Open sessions of that person end."""
    fresh = secrets.token_urlsafe(12)
    with opened(data) as store:
        try:
            set_password(store, name, fresh)
        except NoSuchPerson as problem:
            raise Refused(str(problem)) from None
    out.print(f"{escape(name)}  [bold]{fresh}[/]", highlight=False)


@app.command("list")
def listed(data: Data = None) -> None:
    """List everybody: role, office, and how it stands with signing in."""
    with opened(data) as store:
        staff, by_two = people.staff_of(store, None), set_up_second_step.who_has(store)
    table = Table(box=None, padding=(0, 2, 0, 0))
    for column in ("name", "shown as", "role", "office", "steps", "signing in"):
        table.add_column(column, overflow="fold")
    for one in staff:
        steps, now = "2" if one.id in by_two else "1", standing(one, now_ms())
        table.add_row(escape(one.name), escape(one.shown_as), one.role, one.office or "all", steps, now)
    out.print(table if staff else "nobody yet: `motcua users add` lets somebody in")


@app.command()
def keep_out(name: Name, data: Data = None) -> None:
    """Let somebody sign in no more: open sessions end at once, and so does the badge."""
    with_one(data, name, lambda store, number: people.keep_out(store, number, now_ms(), None))
    out.print(f"{escape(name)} is kept out", highlight=False)


@app.command()
def let_in(name: Name, data: Data = None) -> None:
    """Let somebody sign in again who was kept out; prints a one-time password, once."""
    fresh = with_one(data, name, lambda store, number: people.let_in_again(store, number, now_ms(), None))
    out.print(f"{escape(name)}  [bold]{fresh}[/]", highlight=False)


@app.command()
def unlock(name: Name, data: Data = None) -> None:
    """Let somebody try again at once who typed too many wrong passwords."""
    with_one(data, name, lambda store, number: people.unlock(store, number, None))
    out.print(f"{escape(name)} may try again", highlight=False)


def with_one(data: Path | None, name: str, act: Callable[[Store, int], str | None]) -> str | None:
    """Do this to the person of this name; what can not be is refused in the words of the flow."""
    with opened(data) as store:
        try:
            return act(store, people.named(store, name))
        except (NoSuchPerson, people.PersonUnfit) as problem:
            raise Refused(str(problem)) from None


def standing(one: StaffRow, at_ms: int) -> str:
    """How it stands with somebody's signing in."""
    if one.disabled:
        return "kept out"
    if one.locked_until_ms > at_ms:
        return "locked"
    if one.one_time_until_ms is not None:
        return "one-time password" if one.one_time_until_ms > at_ms else "one-time password is over"
    return "yes"
