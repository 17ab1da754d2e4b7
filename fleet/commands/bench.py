"""motcua bench: from bare boards at a cable to enrolled devices."""

import json
import sys
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from fleet.commands.bench_given import link_of, opened_book, read_claims, trust_in, wifi_of
from fleet.commands.bench_screen import summary
from fleet.commands.bench_texts import text
from fleet.commands.bench_work import UF2, Packages, at_work, put_on
from fleet.commands.shared import Data, Refused, check_language, err, out, say
from fleet.provisioning.claims import BadClaims, claims_of
from fleet.provisioning.fleet_link import FleetSaysNo, sync
from fleet.provisioning.hands import Ask, Hands, taken_as_seen
from fleet.provisioning.means import Means

app = typer.Typer(help="Boards at a cable: install the firmware, test them and enrol them, many at once.")

BookFolder = Annotated[
    Path | None,
    typer.Option("--book", help="Folder of the bench's own book; none: bench in the data folder.", show_default=False),
]
FleetAddress = Annotated[
    str | None, typer.Option("--fleet", envvar="MOTCUA_FLEET", help="Address of the fleet's pages and API.")
]
TokenFile = Annotated[
    Path | None,
    typer.Option("--token-file", envvar="MOTCUA_FLEET_TOKEN_FILE", help="File with an API token of the scope enrol."),
]


@app.callback(invoke_without_command=True)
def bench(
    context: typer.Context,
    claims: Annotated[list[Path] | None, typer.Option(help="A file of claims. May be given several times.")] = None,
    port: Annotated[list[str] | None, typer.Option(help="Work at this port only. May be given several times.")] = None,
    wifi: Annotated[str | None, typer.Option(envvar="MOTCUA_WIFI", help="The Wi-Fi that the devices join.")] = None,
    wifi_file: Annotated[
        Path | None, typer.Option(help="File with the Wi-Fi's name and, on a second line, its password.")
    ] = None,
    image: Annotated[Path | None, typer.Option(help="MicroPython for boards that have none: .bin or .uf2.")] = None,
    root: Annotated[
        Path | None,
        typer.Option(envvar="MOTCUA_RELEASE_ROOT", help="The first root of releases, for boards to believe."),
    ] = None,
    count: Annotated[int | None, typer.Option(min=1, help="End when so many boards are enrolled.")] = None,
    test: Annotated[bool, typer.Option("--test/--no-test", help="Let each board test itself first.")] = True,
    hands: Annotated[
        bool, typer.Option("--hands", help="Somebody is here: presses keys, and answers what a test asks him.")
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="Somebody presses keys; lamps, sounds and displays are taken as right.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the results as JSON.")] = False,
    language: Annotated[str, typer.Option(help="vi or en.")] = "vi",
    book: BookFolder = None,
    fleet: FleetAddress = None,
    token_file: TokenFile = None,
    data: Data = None,
) -> None:
    """Enrol whatever is plugged in, until Ctrl-C, until --count boards are done, or until each --port is through."""
    if context.invoked_subcommand is not None:
        return
    check_language(language)
    if image is not None and not image.is_file():
        raise Refused(f"image: expected a file, found {image}")
    trust = None if root is None else trust_in(root)
    person = person_of(hands, yes)
    network = wifi_of(wifi, wifi_file)
    link = None if fleet is None else link_of(fleet, token_file)
    with opened_book(book, data) as its:
        for path in claims or []:
            its.add(read_claims(path))
        means = Means(
            its,
            Packages().files,
            wifi=lambda: network,
            trust=trust,
            put_on=None if image is None or image.suffix == UF2 else partial(put_on, image),
            person=person.ask if isinstance(person, Hands) else person,
            test=test,
        )
        asked = person if isinstance(person, Hands) else None
        results = at_work(means, asked, port or [], image, count, language, link)
    if as_json:
        say(json.dumps([asdict(one) for one in results], ensure_ascii=False))
    else:
        good = sum(one.good for one in results)
        out.print(summary(results, language))
        say(text("summary", language, good=good, bad=len(results) - good))
    if not results or not all(one.good for one in results):
        raise typer.Exit(1)


@app.command()
def fetch(
    office: Annotated[str, typer.Option(help="The office where the devices shall stand.")],
    role: Annotated[list[str], typer.Option(help="A role of theirs. May be given several times.")],
    fleet: FleetAddress = None,
    token_file: TokenFile = None,
    counter: Annotated[str | None, typer.Option(help="The counter where they shall stand; none: the lobby.")] = None,
    count: Annotated[int, typer.Option(min=1, max=1000, help="So many alike.")] = 1,
    book: BookFolder = None,
    data: Data = None,
) -> None:
    """Have the fleet make claims, and take them into the bench's book: from then on no network is needed."""
    if fleet is None:
        raise Refused("fleet: expected --fleet or MOTCUA_FLEET, found neither")
    link = link_of(fleet, token_file)
    wanted = {"office": office, "counter": counter, "roles": role}
    with opened_book(book, data) as its:
        try:
            made = link.post("/claims", {"claims": [wanted] * count})
            lines = "\n".join(json.dumps(one) for one in made["items"])
            new = its.add(list(claims_of(lines, fleet)))
        except (FleetSaysNo, BadClaims) as problem:
            raise Refused(str(problem)) from None
        except (KeyError, TypeError):
            raise Refused(f"{fleet}: expected claims, found another answer") from None
    say(f"{new} claims are in the book")


@app.command("sync")
def send(fleet: FleetAddress = None, token_file: TokenFile = None, book: BookFolder = None, data: Data = None) -> None:
    """Send the records of self-tests that wait in the book."""
    if fleet is None:
        raise Refused("fleet: expected --fleet or MOTCUA_FLEET, found neither")
    link = link_of(fleet, token_file)
    with opened_book(book, data) as its:
        try:
            sent, refused = sync(its, link)
        except FleetSaysNo as problem:
            raise Refused(f"{problem}; {len(its.records())} records wait in the book") from None
    for sentence in refused:
        err.print(sentence, highlight=False, markup=False)
    say(f"{sent} records sent, {len(refused)} refused")
    if refused:
        raise typer.Exit(1)


def person_of(hands: bool, yes: bool) -> Hands | Ask | None:
    """Who answers for what only a person can see."""
    if hands and yes:
        raise Refused("hands, yes: expected one of them, found both")
    if hands and not (sys.stdin.isatty() and err.is_terminal):
        raise Refused("hands: expected a terminal, where questions are answered by keys; found none")
    return Hands() if hands else taken_as_seen if yes else None
