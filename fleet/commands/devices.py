"""motcua devices: the registry."""

import json
import time
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from fleet.clock import now_ms
from fleet.commands import equipment, networks, orders, registry, strangers
from fleet.commands.shared import Data, Device, Refused, caller, opened, out, settings_of
from fleet.domain.access import AccessFailed
from fleet.domain.devices_now import DeviceNow
from fleet.flows import enrol as flow
from fleet.flows.may_connect import Registry
from fleet.flows.watch import devices_now
from fleet.provisioning.access_files import key_lines, password_lines
from fleet.provisioning.dynsec_commands import whole_file
from protocols.configuring import ROLES

app = typer.Typer(
    help="The devices: list, enrol, move, replace and revoke them, say what parts shall do, ask one to do something."
)

COLUMNS = ("device", "roles", "presence", "seen", "waiting", "place", "boot", "heap free", "firmware")
MORE = 3
WIDE_COLUMNS = 110
# In a narrower window the last three columns would squeeze the place into a ribbon; they are left out.
COLOURS = {"online": "green", "lost": "red", "rescue": "red", "sleeping": "blue", "leaving": "yellow"}


@app.callback(invoke_without_command=True)
def listed(context: typer.Context, data: Data = None) -> None:
    """List all devices, where they stand and how they are."""
    if context.invoked_subcommand is not None:
        return
    with opened(data) as store:
        devices = devices_now(store, now_ms())
    wide = out.width >= WIDE_COLUMNS
    table = Table(box=None, padding=(0, 1, 0, 0))
    for column in COLUMNS if wide else COLUMNS[:-MORE]:
        table.add_column(column, no_wrap=column != "place", overflow="fold")
    for device in devices:
        row = row_of(device)
        table.add_row(*(row if wide else row[:-MORE]))
    out.print(table if devices else "no devices yet: `motcua devices enrol`, or `motcua run` for a simulated office")
    for device in devices:
        if device.refused is not None:
            said = "".join(c if c.isprintable() else "?" for c in device.refused.sentence())
            out.print(f"[red]{device.id} refused {escape(said)}[/]", highlight=False)
        if device.reverted is not None:
            why = "".join(c if c.isprintable() else "?" for c in device.reverted.reason)
            said = f"went back from configuration {device.reverted.version}: {why}"
            out.print(f"[red]{device.id} {escape(said)}[/]", highlight=False)


@app.command()
def enrol(
    device: Device,
    role: Annotated[list[str], typer.Option(help=f"A role: {', '.join(ROLES)}. May be given several times.")],
    office: Annotated[str, typer.Option(help="The office where it stands.")],
    counter: Annotated[str | None, typer.Option(help="The counter where it stands; none: the lobby.")] = None,
    data: Data = None,
) -> None:
    """Enrol a device; prints its password for the broker, once."""
    with opened(data) as store:
        try:
            password = flow.enrol(store, device, role, office, counter, now_ms(), caller())
        except flow.EnrolError as problem:
            raise Refused(str(problem)) from None
    out.print(f"{device}  [bold]{password}[/]", highlight=False)


for say in (
    equipment.printer,
    equipment.reader,
    equipment.display,
    equipment.scale,
    equipment.settings,
    equipment.inherit,
    equipment.reasons,
    equipment.sleep,
    orders.identify,
    orders.test_print,
    orders.restart,
    orders.snapshot,
    orders.log,
    orders.clock,
    registry.move,
    registry.replace,
    registry.rotate,
    networks.network,
    registry.revoke,
    registry.retire,
    registry.history,
    registry.retry,
    registry.show,
    strangers.strangers,
):
    app.command()(say)


@app.command()
def broker_files(
    what: Annotated[
        str, typer.Argument(help="passwords or psk (of devices), fleet, access, or dynsec (all in one).")
    ] = "passwords",
    fleet_password: Annotated[
        str, typer.Option(help="The fleet's own password, instead of MOTCUA_BROKER_PASSWORD.", show_default=False)
    ] = "",
    data: Data = None,
) -> None:
    """Print a file for a Mosquitto of your own: who may connect, with what, and the access rules."""
    if what not in ("passwords", "psk", "fleet", "access", "dynsec"):
        raise Refused(f"expected passwords, psk, fleet, access or dynsec, found {what!r}")
    password = fleet_password or settings_of(data).broker_password
    if what in ("fleet", "dynsec") and not password:
        raise Refused("MOTCUA_BROKER_PASSWORD or its file: expected the fleet's own password, found none")
    with opened(data) as store:
        try:
            known = Registry(store).may_connect().values()
        except AccessFailed as problem:
            raise Refused(str(problem)) from None
    if what == "passwords":
        typer.echo(password_lines(known), nl=False)
    elif what == "psk":
        typer.echo(key_lines(known), nl=False)
    elif what == "fleet":
        typer.echo(f"{flow.FLEET_USER}:{flow.hashed(password)}")
    elif what == "access":
        typer.echo(flow.ACCESS_RULES, nl=False)
    else:
        typer.echo(json.dumps(whole_file(known, flow.hashed(password)), indent=1))


def row_of(device: DeviceNow) -> list[str]:
    """A device as a row; what it says of itself is shown as plain text."""
    presence = "revoked" if device.revoked else "rescue" if device.rescue else device.presence
    colour = COLOURS.get(presence, "dim")
    return [
        device.id,
        " ".join(device.roles),
        f"[{colour}]{presence}[/]",
        ago(device.last_seen_ms),
        "" if device.outbox is None else str(device.outbox),
        escape(device.place),
        "" if device.boot is None else str(device.boot),
        "" if device.heap_free is None else f"{device.heap_free // 1024} KiB",
        escape(device.firmware[:20]),
    ]


def ago(ms: int | None) -> str:
    """How long ago, in the largest unit that is not zero."""
    if ms is None:
        return "never"
    seconds = max(0, int(time.time() - ms / 1000))
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= length:
            return f"{seconds // length} {unit} ago"
    return f"{seconds} s ago"
