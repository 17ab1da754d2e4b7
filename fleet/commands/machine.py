"""motcua machine: the files with which a server runs motcua."""

import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from fleet.commands.shared import Refused, check_language, out, say
from fleet.machine.files import SEVERAL, File, Machine, containers_of, files_of, write

HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")

app = typer.Typer(no_args_is_help=True, help="The files with which a server runs motcua.")
Host = Annotated[str, typer.Argument(help="How browsers and devices reach it, such as mot-cua.tinh.example.vn.")]
Folder = Annotated[Path, typer.Option(help="Where to write them; `/` on the server itself.")]
Count = Annotated[int, typer.Option(help="How many processes of this kind.", min=1, max=64)]


class Kind(StrEnum):
    """Where the data lies."""

    POSTGRESQL = "postgresql"
    SQLITE = "sqlite"


Database = Annotated[Kind, typer.Option(help="What keeps the data.")]


@app.command()
def files(
    host: Host,
    folder: Folder = Path("server"),
    database: Database = Kind.POSTGRESQL,
    pages: Count = 1,
    receivers: Count = 1,
    linkers: Count = 1,
    suppliers: Count = 1,
    language: Annotated[str, typer.Option("--language", help="Language of the dashboards: vi or en.")] = "vi",
) -> None:
    """Write settings, units of systemd, and the files of nginx, Mosquitto, Prometheus and Grafana, below a folder."""
    check_language(language)
    counts = dict(zip(SEVERAL, (pages, receivers, linkers, suppliers), strict=True))
    several = max(counts.values()) > 1
    if database is Kind.SQLITE and several:
        raise Refused("expected one process of each kind for SQLite, which one machine shares; use PostgreSQL for more")
    machine = Machine(named(host), postgresql=database is Kind.POSTGRESQL, counts=counts, language=language)
    written(folder, files_of(machine))


@app.command()
def containers(host: Host, folder: Folder = Path("containers")) -> None:
    """Write the files of an image and of a whole province in containers."""
    written(folder, containers_of(Machine(named(host))))


def named(host: str) -> str:
    """A name that the files can carry. Raises Refused."""
    if not HOST.fullmatch(host):
        raise Refused(f"expected the name of a host such as mot-cua.tinh.example.vn, found {host!r}")
    return host


def written(folder: Path, found: list[File]) -> None:
    """Write them and tell where they are."""
    write(folder, found)
    for file in found:
        say(str(folder / file.path))
    out.print("What to do with them: docs/install.md")
