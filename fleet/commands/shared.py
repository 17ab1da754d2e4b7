"""What every command needs: the settings with this folder, the store, a place to print, and a way to say no."""

import errno
import getpass
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape
from typer.core import TyperGroup

from fleet.domain.audit import Doer
from fleet.domain.cells import day_in
from fleet.domain.file_errors import LANGUAGES, BadFile
from fleet.domain.schemas import TablesTooNew
from fleet.secret_files import SecretUnreadable
from fleet.settings import Settings
from fleet.store.acting import acting
from fleet.store.addresses import BadAddress
from fleet.store.database import Store
from fleet.store.failures import DatabaseSaysNo, unusable
from fleet.store.replacing import InUse

PIPED_COLUMNS = 160
# A file or another program has no width of its own; 80 columns would cut what it reads.

out = Console(width=None if sys.stdout.isatty() else PIPED_COLUMNS)
err = Console(stderr=True)

Data = Annotated[
    Path | None, typer.Option("--data", help="Folder of the data, instead of MOTCUA_DATA or var.", show_default=False)
]

Encoding = Annotated[str | None, typer.Option("--encoding", help="Read a CSV that is not UTF-8: cp1258 or tcvn3.")]
Language = Annotated[str, typer.Option("--language", help="Language of the errors: vi or en.")]


Device = Annotated[str, typer.Argument(help="The device's id.")]


class Refused(typer.Exit):
    """The command cannot be done; the reason was printed."""

    def __init__(self, reason: str) -> None:
        err.print(f"[red]motcua:[/] {escape(reason)}", highlight=False)
        super().__init__(1)


class SaysNo(TyperGroup):
    """All commands. What is wrong with the machine and not with motcua is said in a sentence, whichever it stopped."""

    def invoke(self, ctx: Any) -> Any:
        """Do the command. Raises Refused."""
        try:
            return super().invoke(ctx)
        except OSError as problem:
            if problem.errno == errno.EPIPE:
                raise  # who read our output has gone; typer knows what to do
            raise Refused(sentence_of(problem)) from None
        except DatabaseSaysNo as problem:
            reason = unusable(problem)
            if reason is None:
                raise
            raise Refused(f"the database cannot be used: {reason}") from None
        except BadAddress as problem:
            raise Refused(f"{problem.setting}: {problem}") from None
        except (TablesTooNew, InUse) as problem:
            raise Refused(str(problem)) from None
        except BadFile as problem:
            raise Refused(" ".join(problem.said("en"))) from None


def sentence_of(problem: OSError) -> str:
    """What the system said, and of which file."""
    said = (problem.strerror or str(problem)).lower()
    return f"{problem.filename}: {said}" if problem.filename else said


def settings_of(data: Path | None) -> Settings:
    """The settings from the environment, with this folder; refuses where one is none."""
    try:
        settings = Settings()
    except ValidationError as problem:
        first = problem.errors()[0]
        name = f"MOTCUA_{'_'.join(map(str, first['loc'])).upper()}"
        raise Refused(f"{name}: {first['msg'].lower()}, found {first['input']!r}") from None
    except SecretUnreadable as problem:
        raise Refused(str(problem)) from None
    settings = settings if data is None else settings.model_copy(update={"data": data})
    if settings.data.exists() and not settings.data.is_dir():
        raise Refused(f"data: expected a folder, found the file {settings.data}")
    return settings


def say(text: str) -> None:
    """Print a line as it is; a window wraps it, a file or another program gets it whole."""
    out.print(escape(text), soft_wrap=not out.is_terminal, highlight=False)


def check_language(language: str) -> None:
    """Raises Refused where nothing is said in this language."""
    if language not in LANGUAGES:
        raise Refused(f"language: expected {' or '.join(LANGUAGES)}, found {language!r}")


@contextmanager
def taken(language: str) -> Iterator[None]:
    """A file is taken over; what is wrong with it is said in this language, row by row."""
    check_language(language)
    try:
        yield
    except BadFile as problem:
        for sentence in problem.said(language):
            err.print(escape(sentence), highlight=False)
        raise typer.Exit(1) from None


def day_of_option(text: str | None, today: date) -> date:
    """The day that an option names, as people here write days; today if it names none."""
    day = today if text is None else day_in(text)
    if day is None:
        raise Refused(f"expected a day as YYYY-MM-DD or DD/MM/YYYY, found {text!r}")
    return day


@contextmanager
def opened(data: Path | None) -> Iterator[Store]:
    """The store, brought up to date; refuses where there is none yet."""
    settings = settings_of(data)
    if not settings.database and not (settings.data / "motcua.sqlite").exists():
        raise Refused(f"no database in {settings.data.resolve()}; `motcua run` or `motcua migrate` makes one")
    with store_of(settings) as store, acting(whoever_types()):
        yield store


def whoever_types() -> Doer:
    """Who works at the machine itself, as the log names them."""
    return Doer(f"command:{caller()}"[:80], caller()[:80], "command")


def caller() -> str:
    """Who calls, for the records; in a container the number may have no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"


@contextmanager
def store_of(settings: Settings) -> Iterator[Store]:
    """The store that these settings name, brought up to date; it is made where there is none yet."""
    store = Store(settings.database_url, settings.keys_database_url, settings.fleet_key_path)
    try:
        store.migrate()
        yield store
    finally:
        store.close()


def is_day(text: str) -> bool:
    """Whether this is a date as the store writes it; Python would also take 20261109 and 2026-W46-1."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
