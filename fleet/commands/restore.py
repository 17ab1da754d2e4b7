"""motcua restore: a backup becomes the database again, of either kind."""

from pathlib import Path
from typing import Annotated

import typer

from fleet.clock import now_ms
from fleet.commands.backups import File, moment, refusing, shown
from fleet.commands.shared import Data, Refused, say, settings_of, whoever_types
from fleet.flows import restore as flow
from fleet.flows.restore import NotEmpty, Restored
from fleet.store.acting import acting
from fleet.store.loading import DoesNotFit
from fleet.store.replacing import InUse

NEXT = (
    "What to do now:",
    "- see that fleet-key is the file that belonged to this database; it is in no backup",
    "- start motcua; printers report by themselves what they hold (motcua restored --look)",
    "- people, tokens and devices are as they were then: whoever was removed or revoked since is to be again",
    "- what was erased since is back: erase it again (motcua dossiers erase)",
    "- what people did on pages since then is lost; what devices still hold comes again by itself",
)


def restore(
    file: File,
    database: Annotated[
        str, typer.Option("--database", help="Address of the database, instead of MOTCUA_DATABASE.")
    ] = "",
    replace: Annotated[
        bool, typer.Option("--replace", help="Put the database that is there aside, and keep it.")
    ] = False,
    data: Data = None,
) -> None:
    """Make a backup the database again, of either kind. Stop everything else first."""
    settings = settings_of(data)
    if not file.is_file():
        raise Refused(f"{file}: expected a file, found none")
    try:
        with refusing(file), shown("rows restored") as told, acting(whoever_types()):
            done = flow.restore(file, database or settings.database_url, replace, now_ms(), told)
    except (NotEmpty, InUse, DoesNotFit) as problem:
        raise Refused(str(problem)) from None
    say_done(file, done)


def say_done(file: Path, done: Restored) -> None:
    """What came of it, and what is to be done now."""
    its = done.manifest
    say(f"{file}: restored, {its.rows} rows of {len(its.tables)} tables, as of {moment(its.made_ms)} UTC")
    say("every table was read again and compared")
    if done.kept is not None:
        say(f"what was there before: {done.kept}")
    for office, printers in sorted(done.awaited.items()):
        say(f"{office}: no new numbers until {', '.join(printers)} told what they hold")
    for line in NEXT:
        say(line)
