"""The second Pico from this computer: `python -m hil_tests.actor install|check|pins`."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from fleet.provisioning.cable import Cable
from fleet.provisioning.installing import install as installed
from fleet.provisioning.installing import restart
from fleet.provisioning.ports import PortError, named
from fleet.provisioning.probing import InstallError
from fleet.provisioning.raw_repl import RawRepl, ReplError
from hil_tests.actor.pins import EYES, HANDS, LINES, METER, RELAY, SERIAL
from hil_tests.drivers.actor import Actor
from hil_tests.drivers.actor_link import ActorError
from hil_tests.drivers.actor_package import files
from hil_tests.wires_checked import WRONG, WireCheck

app = typer.Typer(add_completion=False, help=__doc__, no_args_is_help=True)
out, err = Console(), Console(stderr=True)
Port = Annotated[str, typer.Option(help="The actor's serial port.")]


@app.command()
def install(port: Port) -> None:
    """Put the actor's files onto a Pico with MicroPython, and start it."""
    cable = Cable(named(port))
    try:
        cable.open()
        repl = RawRepl(cable)
        repl.enter()
        done = installed(repl, files("pico"), lambda part, of: err.print(f"{part * 100 // of} %", end="\r"))
        restart(repl)
        cable.close()
        actor = Actor(Cable(named(port)), ())
        out.print(f"{port}: {done.written} files, and an actor answers: {' '.join(actor.link.about)}")
        actor.close()
    except (PortError, ReplError, InstallError, ActorError) as problem:
        fail(problem)


@app.command()
def check(
    port: Port,
    device: Annotated[str, typer.Option(help="The device's serial port.")],
    roles: Annotated[str, typer.Option(help="Its roles, with commas.")] = "printer,rating,reader",
    relay: Annotated[str | None, typer.Option(help="How its power is wired: nc high, nc low, no high, no low.")] = None,
) -> None:
    """Say of each wire whether it is right. The device needs its firmware, and begins anew at the end."""
    table = Table("wire", "line", "", "found")
    wrong = 0
    try:
        actor = Actor(Cable(named(port)), tuple(roles.split(",")), relay)
        cable = Cable(named(device))
        cable.open()
        for one in WireCheck(actor, RawRepl(cable)).run():
            table.add_row(one.wire, one.line, one.result, one.found)
            wrong += one.result == WRONG
            err.print(f"{one.wire} {one.line}: {one.result}")
        actor.close()
        cable.close()
    except (PortError, ReplError, ActorError) as problem:
        fail(problem)
    out.print(table)
    if wrong:
        fail(f"{wrong} wires are wrong")


@app.command()
def pins() -> None:
    """The actor's pins, and the lines that hang on them."""
    table = Table("wire", "pin", "lines of the device")
    lines: dict[str, list[str]] = {}
    for line, wire in LINES.items():
        lines.setdefault(wire, []).append(line)
    for wire, pin in {**HANDS, **EYES, "relay": RELAY}.items():
        table.add_row(wire, f"GP{pin}", " ".join(lines.get(wire, [])))
    for wire, (number, tx, rx) in SERIAL.items():
        table.add_row(wire, f"UART{number}: tx GP{tx}, rx GP{rx}", " ".join(lines.get(wire, [])))
    table.add_row("meter", f"I2C{METER[0]}: sda GP{METER[1]}, scl GP{METER[2]}", "")
    out.print(table)


def fail(problem: object) -> None:
    """Say it and end."""
    err.print(str(problem), style="red", highlight=False, markup=False)
    raise typer.Exit(1)


if __name__ == "__main__":
    app()
