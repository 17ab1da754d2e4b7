"""motcua firmware: packages for boards."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.progress import Progress

from fleet.commands.bench_given import trust_in
from fleet.commands.shared import Refused, err, out
from fleet.laptop.firmware_tree import FirmwareError
from fleet.laptop.package import BLOCK_BYTES, BOARDS, PackageError
from fleet.laptop.package import build as build_package

app = typer.Typer(help="The firmware: build a package for a board.", no_args_is_help=True)


@app.callback()
def firmware() -> None:
    """The firmware: build a package for a board."""


@app.command()
def build(
    board: Annotated[str, typer.Option("--board", help=f"One of {', '.join(BOARDS)}.")],
    roles: Annotated[str, typer.Option("--roles", help="Roles, with commas between: printer,rating.")],
    root: Annotated[
        Path | None, typer.Option(help="The first root of releases, 1.root.json, for the board to believe.")
    ] = None,
    folder: Annotated[Path, typer.Option("--out", help="Folder for the package.")] = Path("build/firmware"),
) -> None:
    """Compile the firmware of some roles, and make a flash image that starts it on a stock MicroPython."""
    trust = None if root is None else trust_in(root)
    try:
        with Progress(console=err, transient=True, disable=not err.is_terminal) as progress:
            task = progress.add_task("compiling", total=None)
            package = build_package(
                board,
                [role.strip() for role in roles.split(",") if role.strip()],
                lambda done, of: progress.update(task, completed=done, total=of),
                trust,
            )
        place = package.write(folder)
    except (PackageError, FirmwareError) as problem:
        raise Refused(str(problem)) from None
    kind = BOARDS[board]
    out.print(f"{escape(str(place))}", highlight=False, soft_wrap=True)
    kib, share = package.blocks * BLOCK_BYTES // 1024, package.blocks / kind.blocks
    out.print(
        f"{len(package.files)} files, {package.mpy_bytes:,} bytes of bytecode; "
        f"{package.blocks} of {kind.blocks} blocks ({kib} KiB, {share:.0%}) of the filesystem",
        highlight=False,
        soft_wrap=True,
    )
