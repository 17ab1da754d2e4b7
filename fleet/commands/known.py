"""Every command of `motcua` by its name and where it is. Only the one that somebody types is loaded: what all of them
need takes seconds, and a process of a province starts often enough, after each update and each fault of its machine.
"""

from collections import UserDict
from importlib import import_module
from typing import Any

import typer
import typer.main

from fleet.commands.shared import SaysNo

COMMANDS = {
    "run": "processes:run",
    "indicators": "indicators:indicators",
    "waits": "waits:waits",
    "estimates": "estimates:estimates",
    "backtest": "estimates:backtest",
    "whatif": "planning:whatif",
    "staffing": "planning:staffing",
    "satisfaction": "satisfaction:satisfaction",
    "compare": "compare:compare",
    "relink": "relink:relink",
    "sums": "sums:sums",
    "record": "replay:record",
    "replay": "replay:replay",
    "backup": "backups:backup",
    "backups": "backups:app",
    "restore": "restore:restore",
    "restored": "restored:restored",
    "purge": "retention:purge",
    "archive": "archives:app",
    "doctor": "doctor:doctor",
    "visits": "visits:app",
    "report": "report:app",
    "devices": "devices:app",
    "claims": "claims:app",
    "templates": "templates:app",
    "offices": "offices:app",
    "queue": "queue:app",
    "alerts": "alerts:app",
    "bookings": "bookings:app",
    "org": "units:app",
    "calendar": "calendars:app",
    "procedures": "procedures:app",
    "dossiers": "dossiers:app",
    "privacy": "privacy:app",
    "audit": "audit:app",
    "retention": "retention:app",
    "users": "people:app",
    "tokens": "tokens:app",
    "webhooks": "webhooks:app",
    "mail": "mail:app",
    "ca": "ca:app",
    "machine": "machine:app",
    "firmware": "firmware:app",
    "bench": "bench:app",
    "crowd": "crowd:app",
    "plan": "plan:plan",
    "release": "release:app",
    "rollouts": "rollouts:app",
}
PROCESSES = ("serve", "receive", "link", "send", "supply", "migrate")
CONTRACT = "contract"
PANELS = {**dict.fromkeys(PROCESSES, "Processes of a province"), CONTRACT: "For integrators"}
PLACES = {
    **COMMANDS,
    **{name: f"processes:{name}" for name in PROCESSES},
    "migrate": "migrate:migrate",
    CONTRACT: "contract:contract",
}


class Known(UserDict[str, Any]):
    """All commands. Their names are there; a command comes when it is taken out."""

    def __init__(self) -> None:
        super().__init__(dict.fromkeys(PLACES))

    def __getitem__(self, name: str) -> Any:
        if self.data[name] is None:
            self.data[name] = loaded(name)
        return self.data[name]


class Motcua(SaysNo):
    """The command itself, which knows the others by name."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.commands = Known()


def loaded(name: str) -> Any:
    """The command of this name, or the group of commands, as click wants it."""
    module, _, what = PLACES[name].partition(":")
    found = getattr(import_module(f"fleet.commands.{module}"), what)
    holder = typer.Typer()
    if isinstance(found, typer.Typer):
        holder.add_typer(found, name=name)
    else:
        holder.command(name, rich_help_panel=PANELS.get(name))(found)
    holder.callback()(lambda: None)  # with it a holder of one command stays a group
    return typer.main.get_group(holder).commands[name]
