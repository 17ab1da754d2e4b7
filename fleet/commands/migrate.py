"""motcua migrate: the tables of the database, made, brought up to date, looked at, or taken back."""

from typing import Annotated

import typer

from fleet.commands.shared import Data, Refused, say, settings_of, whoever_types
from fleet.domain.schemas import NoSuchRevision
from fleet.flows import bring_tables as flow
from fleet.flows import sealing
from fleet.settings import Settings
from fleet.store.acting import acting
from fleet.store.database import Store


def migrate(
    data: Data = None,
    check: Annotated[
        bool, typer.Option("--check", help="Only say whether this program can work with the tables as they are.")
    ] = False,
    to: Annotated[str, typer.Option("--to", help="To this revision, and no further.")] = "",
    back: Annotated[
        bool,
        typer.Option("--back", help="Take later tables back to --to. What only they knew is gone; stop all first."),
    ] = False,
) -> None:
    """Make the database, or bring it up to date; make the fleet's own key where nothing needed one yet."""
    if back and (check or not to):
        raise Refused("--back: expected the revision that tables are taken back to (--to), found none")
    settings = settings_of(data)
    if check and not settings.database and not (settings.data / "motcua.sqlite").exists():
        raise Refused(f"no database in {settings.data.resolve()}; `motcua migrate` makes one")
    store = store_as_it_is(settings)
    try:
        look(store) if check else bring(store, to, back)
    except NoSuchRevision as problem:
        raise Refused(f"--to: {problem}") from None
    finally:
        store.close()


def look(store: Store) -> None:
    """Say how the tables are. Raises Refused where this program lacks something of them."""
    found, lacks = flow.look(store)
    if lacks:
        raise Refused(lacks)
    say(f"the database is up to date: revision {found.revision}")
    say(f"programs of revision {found.oldest_program} or newer can work with it")


def bring(store: Store, to: str, back: bool) -> None:
    """Change the tables, and say what they are now."""
    if back:
        with acting(whoever_types()):
            found = flow.take_back(store, to)
    else:
        found = flow.bring(store, to)  # a migration is no deed of whoever types
    say(f"the database is of revision {found.revision}" if to else "the database is up to date")
    if not to:
        say_sealed(*sealing.prepare(store))


def say_sealed(is_there: bool, sealed: int) -> None:
    """What became of secrets, where that is news."""
    if sealed:
        say(f"{sealed} secrets of webhooks that lay in the clear are sealed")
    if not is_there:
        say("fleet-key is not there: put it back; without it no key of a device can be read")


def store_as_it_is(settings: Settings) -> Store:
    """The store that these settings name, with whatever tables it has."""
    return Store(settings.database_url, settings.keys_database_url, settings.fleet_key_path)
