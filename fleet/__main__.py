"""The command `motcua`."""

import os
from importlib.metadata import version
from typing import Annotated

import typer

from fleet.commands import (
    alerts,
    bench,
    bookings,
    calendars,
    claims,
    devices,
    dossiers,
    firmware,
    mail,
    offices,
    people,
    procedures,
    processes,
    queue,
    report,
    retention,
    tokens,
    units,
    visits,
    webhooks,
)
from fleet.commands.compare import compare
from fleet.commands.estimates import backtest, estimates
from fleet.commands.indicators import indicators
from fleet.commands.planning import staffing, whatif
from fleet.commands.relink import relink
from fleet.commands.replay import record, replay
from fleet.commands.restored import restored
from fleet.commands.satisfaction import satisfaction
from fleet.commands.shared import SaysNo
from fleet.commands.sums import sums
from fleet.commands.waits import waits

app = typer.Typer(
    cls=SaysNo,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="motcua, một cửa: smart counters for one-stop offices, and the fleet behind them.",
)
app.command()(processes.run)
app.add_typer(visits.app, name="visits")
app.command()(indicators)
app.add_typer(report.app, name="report")
app.command()(waits)
app.command()(estimates)
app.command()(backtest)
app.command()(whatif)
app.command()(staffing)
app.command()(satisfaction)
app.command()(compare)
app.command()(relink)
app.command()(sums)
app.command()(record)
app.command()(replay)
app.command()(restored)
app.command()(retention.purge)
app.add_typer(devices.app, name="devices")
app.add_typer(claims.app, name="claims")
app.add_typer(offices.app, name="offices")
app.add_typer(queue.app, name="queue")
app.add_typer(alerts.app, name="alerts")
app.add_typer(bookings.app, name="bookings")
app.add_typer(units.app, name="org")
app.add_typer(calendars.app, name="calendar")
app.add_typer(procedures.app, name="procedures")
app.add_typer(dossiers.app, name="dossiers")
app.add_typer(retention.app, name="retention")
app.add_typer(people.app, name="users")
app.add_typer(tokens.app, name="tokens")
app.add_typer(webhooks.app, name="webhooks")
app.add_typer(mail.app, name="mail")
app.add_typer(firmware.app, name="firmware")
app.add_typer(bench.app, name="bench")
for process in (processes.serve, processes.receive, processes.link, processes.send, processes.migrate):
    app.command(rich_help_panel="Processes of a province")(process)


@app.command(rich_help_panel="For integrators")
def contract(
    api: Annotated[bool, typer.Option("--api", help="Of the API instead, as OpenAPI 3.1.")] = False,
) -> None:
    """Print the contract of all messages of devices, as AsyncAPI 3; or that of the API."""
    from fleet.api.app import create_api
    from fleet.api.contract import asyncapi_json
    from fleet.api.openapi import openapi_json
    from fleet.store.database import Store

    typer.echo(openapi_json(create_api(Store("sqlite://"))) if api else asyncapi_json(), nl=False)


@app.callback(invoke_without_command=True)
def about(shown: Annotated[bool, typer.Option("--version", help="Show the version.")] = False) -> None:
    """Smart counters for one-stop offices."""
    if shown:
        typer.echo(f"motcua {version('motcua')}")
        raise typer.Exit


def main() -> None:
    """Entry point of the package. What motcua writes, secrets among it, is for its own user."""
    os.umask(0o077)
    app()


if __name__ == "__main__":
    main()
