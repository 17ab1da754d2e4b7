"""motcua devices network: another Wi-Fi, or another way to the broker, for devices that are far away."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from fleet.clock import now_ms
from fleet.commands.bench_given import wifi_of
from fleet.commands.retention import shown
from fleet.commands.shared import Data, Refused, caller, opened, out
from fleet.devices_network import NoNetwork, read_ca
from fleet.domain.network_changes import NetworkChange, NetworkRefused, NetworkWanted
from fleet.domain.registry import RegistryRefused
from fleet.flows import change_network as flow

COLUMNS = ("device", "step", "since", "what", "why")


def network(
    device: Annotated[list[str] | None, typer.Argument(help="The id of a device, or of several.")] = None,
    office: Annotated[str | None, typer.Option(help="All that stand at this office and have a key.")] = None,
    wifi: Annotated[str | None, typer.Option(help="The Wi-Fi that they shall join; its password is asked for.")] = None,
    wifi_file: Annotated[Path | None, typer.Option(help="A file with the Wi-Fi's name and its password.")] = None,
    host: Annotated[str | None, typer.Option(help="Where they shall reach the broker.")] = None,
    port: Annotated[int | None, typer.Option(help="At which port.")] = None,
    tls: Annotated[str | None, typer.Option(help="How that line is protected: none, cert or psk.")] = None,
    ca: Annotated[Path | None, typer.Option(help="With cert: the authority's certificate, PEM or DER.")] = None,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Tell these devices no more of it.")] = False,
    data: Data = None,
) -> None:
    """Give devices another network, one first at each office; without anything to change: how far they are."""
    if not device and office is None:
        raise Refused("expected the id of a device, or --office, found neither")
    name, password = wifi_of(wifi, wifi_file)
    try:
        wanted = NetworkWanted(name, password or None, host, port, tls, None if ca is None else read_ca(ca))
    except NoNetwork as problem:
        raise Refused(str(problem)) from None
    with opened(data) as store:
        try:
            with store.writing() as connection:
                told = flow.meant(connection, device or (), office, now_ms())
                if withdraw:
                    for one in told:
                        flow.withdraw(connection, one, caller(), now_ms())
                elif wanted != NetworkWanted():
                    flow.begin(connection, wanted, told, caller(), now_ms())
        except (NetworkRefused, RegistryRefused) as problem:
            raise Refused(str(problem)) from None
        found = [change for one in told if (change := flow.change_of(store, one)) is not None]
    say(found)


def say(found: list[NetworkChange]) -> None:
    """How far they are."""
    table = Table(box=None, padding=(0, 1, 0, 0))
    for column in COLUMNS:
        table.add_column(column, no_wrap=column in ("device", "step"), overflow="fold")
    for one in found:
        table.add_row(one.device, one.step.replace("_", " "), shown(one.step_ms), escape(one.what), escape(one.reason))
    out.print(table if found else "no other network was asked for")
