"""motcua offices: what stands on the tickets of each, and who may call there."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from fleet.clock import now_ms
from fleet.commands.shared import Data, Refused, opened, out
from fleet.domain.place_rules import BadPlace
from fleet.flows import equip
from fleet.flows import publish as flow
from fleet.flows import set_kiosk as kiosks
from fleet.flows import thanks as gifts
from fleet.store.database import Store
from fleet.store.places import OfficeRow

app = typer.Typer(help="The offices: list them, say what stands on their tickets, who may call, who may look.")


@app.callback(invoke_without_command=True)
def listed(context: typer.Context, data: Data = None) -> None:
    """List all offices, and what stands on their tickets."""
    if context.invoked_subcommand is not None:
        return
    with opened(data) as store:
        offices = equip.all_offices(store)
    for office in offices:
        show(office)
    if not offices:
        out.print("no offices yet: `motcua run` makes a sample office")


@app.command()
def tickets(
    office: Annotated[str, typer.Argument(help="The office's id.")],
    hotline: Annotated[str | None, typer.Option(help="The number that residents may call.")] = None,
    ticket_url: Annotated[
        str | None, typer.Option(help="The page that a ticket's QR code leads to; the code is added. Empty: none.")
    ] = None,
    text: Annotated[
        list[str] | None,
        typer.Option(help="`word=text`, or `word.language=text` for a line beneath it; an empty text takes it back."),
    ] = None,
    data: Data = None,
) -> None:
    """Say what stands on an office's tickets. Its printers are told at once, or when they are there again."""
    texts = {}
    for one in text or []:
        word, equals, said = one.partition("=")
        if not equals:
            raise Refused(f"text: expected word=text, found {one!r}")
        texts[word.strip()] = said
    with equipping(data) as store:
        show(equip.set_office(store, office, now_ms(), hotline, ticket_url, texts))


@app.command()
def sign_in(
    office: Annotated[str, typer.Argument(help="The office's id.")],
    required: Annotated[
        bool, typer.Option("--required/--not-required", help="Whether a clerk must sign in before calling anybody.")
    ],
    data: Data = None,
) -> None:
    """Say whether counters call only while a clerk is signed in there by badge."""
    with equipping(data) as store:
        show(equip.require_sign_in(store, office, required))


@app.command()
def publish(
    office: Annotated[str, typer.Argument(help="The office's id.")],
    on: Annotated[bool, typer.Option("--on/--off", help="Whether everybody may see the page.")] = True,
    data: Data = None,
) -> None:
    """Show everybody, without signing in, how long people wait at an office and what it achieves; or no more."""
    with equipping(data) as store:
        show(flow.publish(store, office, on))


@app.command()
def thanks(
    office: Annotated[str, typer.Argument(help="The office's id.")],
    text: Annotated[str, typer.Argument(help="What is given to whoever has rated; empty: nothing.")],
    data: Data = None,
) -> None:
    """Say what whoever has rated is given for it, whatever they rated; the page of their ticket shows a code."""
    with equipping(data) as store:
        show(gifts.set_thanks(store, office, text))


@app.command()
def check_thanks(
    office: Annotated[str, typer.Argument(help="The office's id.")],
    code: Annotated[str, typer.Argument(help="The code that somebody shows.")],
    data: Data = None,
) -> None:
    """Say whether a code of thanks is of somebody who was served and rated here today; of whom nobody can tell."""
    with equipping(data) as store:
        genuine = gifts.is_genuine(store, office, code, now_ms())
    if not genuine:
        raise Refused(f"code: expected one that the page of a ticket shows today after a rating, found {code!r}")
    out.print("genuine, of today")


@app.command()
def kiosk(
    office: Annotated[str, typer.Argument(help="The office's id.")],
    way: Annotated[
        list[str] | None, typer.Option(help="How its kiosk gives numbers: `paper`, `phone`; may be said for both.")
    ] = None,
    off: Annotated[bool, typer.Option("--off", help="The office has no kiosk.")] = False,
    icon: Annotated[
        list[str] | None, typer.Option(help="`service=icon`; an empty icon: the one that its name calls for.")
    ] = None,
    data: Data = None,
) -> None:
    """Say how an office's kiosk gives numbers, and which pictures its services have there; without options, show it."""
    if way and off:
        raise Refused("way: expected none with --off, found " + ", ".join(way))
    with equipping(data) as store:
        for one in icon or []:
            service, equals, name = one.partition("=")
            if not equals:
                raise Refused(f"icon: expected service=icon, found {one!r}")
            kiosks.set_icon(store, office, service.strip(), name.strip())
        if way or off:
            kiosks.set_ways(store, office, way or [])
        ways, icons = kiosks.look(store, office)
    out.print(f"/kiosk/{escape(office)}: " + (", ".join(ways) or "none"))
    for service, name in icons.items():
        out.print(f"  {escape(service)}: {name}")


@contextmanager
def equipping(data: Path | None) -> Iterator[Store]:
    """The store; what can not be set at an office is refused in the words of the flow."""
    with opened(data) as store:
        try:
            yield store
        except (equip.EquipError, BadPlace) as problem:
            raise Refused(str(problem)) from None


def show(office: OfficeRow) -> None:
    """An office and its tickets."""
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False, title=None)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row(f"[bold]{escape(office.id)}[/]", f"[bold]{escape(office.name)}[/]")
    table.add_row("hotline", escape(office.hotline) or "none: tickets must have one")
    table.add_row("ticket-url", escape(office.ticket_url) or "none")
    table.add_row("thanks", escape(office.thanks) or "none")
    table.add_row("sign-in", "required" if office.sign_in_required else "not required")
    table.add_row("public page", f"/cong-khai/{escape(office.id)}" if office.is_public else "none")
    for word, said in sorted(json.loads(office.texts).items()):
        table.add_row(escape(word), escape(said))
    out.print(table)
