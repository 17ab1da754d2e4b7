"""motcua release: signed firmware, from its sources to the fleet."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from fleet.commands.release_build import build, refusing
from fleet.commands.release_check import Finding, rebuilt, release_checked, roots_checked
from fleet.commands.release_keys import keys
from fleet.commands.release_merge import merge
from fleet.commands.release_publish import publish_folder, try_one
from fleet.commands.release_root import Folder, root, sign
from fleet.commands.release_shown import holders_shown, release_shown
from fleet.commands.shared import Refused, out
from fleet.domain.release_images import images_of
from fleet.domain.release_roles import root_of
from fleet.release_folder import RELEASE, ROOT, ReleaseFolder, read_file

app = typer.Typer(no_args_is_help=True, help="Releases: signed firmware, from its sources to the fleet.")
for command in (keys, root, build, sign, merge):
    app.command()(command)
app.command("publish")(publish_folder)
app.command("try")(try_one)


@app.command()
def check(
    folder: Folder,
    root_file: Annotated[
        Path | None, typer.Option("--root", help="The first root as you kept it, to compare with the folder's.")
    ] = None,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Build the last release's images from these sources, and compare.")
    ] = False,
) -> None:
    """Check everything: signatures from the first root on, images by length and hash, manifests."""
    here = ReleaseFolder(folder)
    with refusing():
        trust = None if root_file is None else read_file(root_file)
    roots = list(roots_checked(here, trust))
    chain = [trusted for _, trusted in roots if trusted is not None]
    good = [told(finding) for finding, _ in roots]
    numbers = here.numbers(RELEASE)
    for number in numbers if all(good) else ():
        good += [told(one) for one in release_checked(here, number, chain, number == numbers[-1])]
    if rebuild and all(good) and numbers:
        with refusing():
            for image in images_of(here.release(numbers[-1])):
                good.append(told(rebuilt(image, here.image(image))))
    if not all(good):
        raise Refused(f"{folder}: expected everything as it must be, found {good.count(False)} that is not")


@app.command()
def show(folder: Folder) -> None:
    """Show who may say what, and the releases with their images; nothing is verified."""
    here = ReleaseFolder(folder)
    with refusing():
        before = None
        for number in here.numbers(ROOT):
            document = here.document(ROOT, number)
            now = root_of(document)
            out.print(holders_shown(now, before, document.signatures))
            before = now
        for number in here.numbers(RELEASE):
            out.print(release_shown(here.release(number), here.document(RELEASE, number).signatures))
        if before is None:
            here.chain()


def told(finding: Finding) -> bool:
    """Print it; whether it is good."""
    mark = "[green]✓[/]" if finding.good else "[red]✗[/]"
    out.print(f"{mark} {escape(finding.what)}: {escape(finding.found)}", highlight=False, soft_wrap=True)
    return finding.good
