"""motcua devices: the registry."""

import time
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from fleet.clock import now_ms
from fleet.commands.shared import Data, Refused, opened, out
from fleet.domain.devices_now import DeviceNow
from fleet.flows import enrol as flow
from fleet.flows import equip
from fleet.flows.watch import devices_now
from protocols.configuring import ROLES

app = typer.Typer(help="The devices: list them, enrol one, say what its printer can, revoke one.")

Device = Annotated[str, typer.Argument(help="The device's id.")]
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
            password = flow.enrol(store, device, role, office, counter, now_ms())
        except flow.EnrolError as problem:
            raise Refused(str(problem)) from None
    out.print(f"{device}  [bold]{password}[/]", highlight=False)


@app.command()
def printer(
    device: Device,
    letters: Annotated[int | None, typer.Option(help="The line of the trial page that reads right: 1 to 4.")] = None,
    code: Annotated[int | None, typer.Option(help="The QR code that is there: 5 or 6.")] = None,
    bar: Annotated[int | None, typer.Option(help="The longest bar with both ends: 7 (58 mm) or 8 (80 mm).")] = None,
    cutter: Annotated[bool | None, typer.Option(help="The page was cut off.", show_default=False)] = None,
    status: Annotated[bool | None, typer.Option(help="The printer answers questions.", show_default=False)] = None,
    data: Data = None,
) -> None:
    """Say what a device's printer can, by the numbers of its trial page; without options, what is known of it."""
    told = {name: on for name, on in (("cutter", cutter), ("status", status)) if on is not None}
    with opened(data) as store:
        try:
            changes = {**equip.on_the_trial_page(letters, code, bar), **told}
            known = equip.set_printer(store, device, changes) if changes else equip.printer_of(store, device)
        except equip.EquipError as problem:
            raise Refused(str(problem)) from None
    for name in known.FIELDS:
        value = getattr(known, name)
        out.print(f"{name:14}{value if not isinstance(value, bool) else 'yes' if value else 'no'}", highlight=False)


@app.command()
def reader(
    device: Device,
    scanner: Annotated[
        str | None, typer.Option(help="auto, gm65 (takes commands) or plain (only sends codes).")
    ] = None,
    mode: Annotated[str | None, typer.Option(help="continuous, or sensing: when something comes before it.")] = None,
    repeat: Annotated[int | None, typer.Option(help="Seconds in which the same code is one reading.")] = None,
    marks: Annotated[str | None, typer.Option(help="What stands before a code in an address: 'ma= /hs/'.")] = None,
    data: Data = None,
) -> None:
    """Say what hangs on a device's reader line, and how it shall read; without options, what was said."""
    asked = {"scanner": scanner, "mode": mode, "repeat_s": repeat, "marks": marks}
    changes = {name: value for name, value in asked.items() if value is not None}
    with opened(data) as store:
        try:
            known = equip.set_reader(store, device, changes) if changes else equip.reader_of(store, device)
        except equip.EquipError as problem:
            raise Refused(str(problem)) from None
    for name in known.FIELDS:
        out.print(f"{name:14}{getattr(known, name)}", highlight=False, markup=False)


@app.command()
def sleep(
    device: Device,
    after: Annotated[int | None, typer.Option(help="Seconds without a press; left out: it stays awake.")] = None,
    data: Data = None,
) -> None:
    """Let rating buttons on a battery sleep when nobody presses; a press wakes them."""
    with opened(data) as store:
        try:
            equip.set_sleep(store, device, after)
        except equip.EquipError as problem:
            raise Refused(str(problem)) from None
    out.print(
        f"{device} {'stays awake' if after is None else f'sleeps {after} s after the last press'}", highlight=False
    )


@app.command()
def revoke(device: Device, data: Data = None) -> None:
    """A device may no longer connect, and nothing that it sends is stored."""
    with opened(data) as store:
        try:
            flow.revoke(store, device, now_ms())
        except flow.EnrolError as problem:
            raise Refused(str(problem)) from None
    out.print(f"{device} is revoked", highlight=False)


@app.command()
def broker_files(
    fleet_password: Annotated[str, typer.Option(envvar="MOTCUA_BROKER_PASSWORD", help="The fleet's own password.")],
    what: Annotated[str, typer.Argument(help="passwords (of devices), fleet, or access.")] = "passwords",
    data: Data = None,
) -> None:
    """Print a file for a Mosquitto of your own: the devices' passwords, the fleet's password, or the access rules."""
    if what not in ("passwords", "fleet", "access"):
        raise Refused(f"expected passwords, fleet or access, found {what!r}")
    with opened(data) as store:
        devices, fleet = flow.two_lists(flow.broker_passwords(store, fleet_password))
    typer.echo({"passwords": devices, "fleet": fleet, "access": flow.ACCESS_RULES}[what], nl=False)


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
