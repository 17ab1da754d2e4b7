"""motcua users two-steps, take-second-step: the second step of signing in."""

from typing import Annotated

import typer
from rich.markup import escape

from fleet.commands.shared import Data, Refused, opened, out
from fleet.domain.rights import Role
from fleet.flows import set_up_second_step
from fleet.flows.people import PersonUnfit, named
from fleet.flows.sign_in import NoSuchPerson
from fleet.flows.watch import offices


def two_steps(
    role: Annotated[list[Role] | None, typer.Option(help="Ask it of this role; may be given several times.")] = None,
    nobody: Annotated[bool, typer.Option("--nobody", help="Ask it of no role.")] = False,
    office: Annotated[str | None, typer.Option(help="Only at this office (its id).")] = None,
    data: Data = None,
) -> None:
    """Show of which roles a second step of signing in is asked, or ask it of these and no others."""
    with opened(data) as store:
        known = [one.id for one in offices(store)]
        if office is not None and office not in known:
            raise Refused(f"office: expected one of {', '.join(known) or 'none'}, found {office!r}")
        if role or nobody:
            try:
                set_up_second_step.ask_of(store, [] if nobody else role or [], office, None, None)
            except PersonUnfit as problem:
                raise Refused(str(problem)) from None
        rules = {place: set_up_second_step.asked_of(store, place) for place in (None, *known)}
    for place, roles in rules.items():
        if roles or place is None:
            out.print(f"{escape(place or 'all')}  {', '.join(sorted(roles)) or 'nobody'}", highlight=False)


def take_second_step(name: Annotated[str, typer.Argument(help="The name to sign in with.")], data: Data = None) -> None:
    """Let somebody sign in by one step who lost the telephone and the recovery codes. Open sessions end."""
    with opened(data) as store:
        try:
            set_up_second_step.take_away(store, named(store, name), None)
        except (NoSuchPerson, PersonUnfit) as problem:
            raise Refused(str(problem)) from None
    out.print(f"{escape(name)} signs in by the password alone", highlight=False)
