"""motcua users: who may sign in, to the pages and at the counters."""

import secrets
from typing import Annotated

import typer
from rich.markup import escape

from fleet.clock import now_ms
from fleet.commands import badges
from fleet.commands.shared import Data, Refused, opened, out
from fleet.domain.rights import Role
from fleet.flows.sign_in import NameTaken, NameUnfit, NoSuchPerson, add_person, set_password
from fleet.flows.watch import offices

app = typer.Typer(no_args_is_help=True, help="People who may sign in, to the pages and at the counters.")
for command in (badges.badge, badges.badges, badges.sessions):
    app.command()(command)

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
