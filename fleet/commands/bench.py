"""motcua bench: from bare boards at a cable to enrolled devices."""

import json
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from fleet.commands.bench_screen import Screen, summary, text
from fleet.commands.shared import Data, Refused, check_language, err, out, say, settings_of
from fleet.laptop.firmware_tree import FirmwareError
from fleet.laptop.package import PackageError, build
from fleet.provisioning import boot_drives, flashing
from fleet.provisioning.batch import Batch
from fleet.provisioning.book import Book, BookError
from fleet.provisioning.claims import BadClaims, Claim, claims_in, claims_of
from fleet.provisioning.fleet_link import Fleet, FleetSaysNo, fleet_at, sync
from fleet.provisioning.installing import InstallError
from fleet.provisioning.one_board import Means, Report, Result
from fleet.provisioning.ports import Cable, Port, named, place_of, ports_now

UF2 = ".uf2"
WIFI_PASSWORD = "MOTCUA_WIFI_PASSWORD"  # noqa: S105 (the name of a variable)

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
    count: Annotated[int | None, typer.Option(min=1, help="End when so many boards are enrolled.")] = None,
    test: Annotated[bool, typer.Option("--test/--no-test", help="Let each board test itself first.")] = True,
    yes: Annotated[
        bool, typer.Option("--yes", help="Somebody looks at lamps and presses keys when a test asks.")
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
    network = wifi_of(wifi, wifi_file)
    link = None if fleet is None else link_of(fleet, token_file)
    with opened_book(book, data) as its:
        for path in claims or []:
            its.add(read_claims(path))
        means = Means(
            its,
            Packages().files,
            wifi=lambda: network,
            put_on=None if image is None or image.suffix == UF2 else partial(put_on, image),
            somebody_looks=yes,
            test=test,
        )
        results = at_work(means, port or [], image, count, language, link)
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


class Packages:
    """Packages by board and roles, each built once, whoever asks first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._built: dict[tuple[str, tuple[str, ...]], Mapping[str, bytes]] = {}

    def files(self, board: str, roles: tuple[str, ...]) -> Mapping[str, bytes]:
        """The files of this board with these roles. Raises InstallError."""
        with self._lock:
            if (board, roles) not in self._built:
                try:
                    self._built[board, roles] = build(board, list(roles)).files
                except (PackageError, FirmwareError) as problem:
                    raise InstallError(str(problem)) from None
            return self._built[board, roles]


def at_work(
    means: Means, paths: list[str], image: Path | None, count: int | None, language: str, link: Fleet | None
) -> list[Result]:
    """Work at these ports, or at all that are plugged in, to the end."""
    ports = [named(path) for path in paths]

    def there() -> list[Port]:
        return [port for port in ports if place_of(port) is not None] if ports else ports_now()

    def finished(_: Result) -> None:
        screen.free = means.book.free(means.now_ms())
        send_quietly(means.book, link)

    def enough(batch: Batch) -> bool:
        if count is not None and batch.enrolled() >= count:
            return True
        return bool(ports) and len(batch.results) >= len(ports) and not batch.busy()

    screen = Screen(err, language)
    screen.free = means.book.free(means.now_ms())
    fill = None if image is None or image.suffix != UF2 else partial(boot_drives.copy_image, image)
    drives = list if ports else lambda: boot_drives.boot_drives(boot_drives.places())
    batch = Batch(means, there, drives=drives, fill=fill, changed=screen.show, finished=finished)
    send_quietly(means.book, link)
    with screen:
        try:
            return batch.run(enough)
        except KeyboardInterrupt:
            batch.end()
            return batch.last_results()


def send_quietly(book: Book, link: Fleet | None) -> None:
    """Send what waits, if the fleet can be reached; else it goes on waiting."""
    if link is not None:
        try:
            sync(book, link)
        except FleetSaysNo:
            pass


def put_on(image: Path, cable: Cable, report: Report) -> None:
    """MicroPython onto the chip at this cable, by esptool. Raises InstallError."""
    cable.close()
    flashing.flash(cable.path, image, lambda share: report("flashing", "", share))


def wifi_of(name: str | None, file: Path | None) -> tuple[str | None, str | None]:
    """The Wi-Fi's name and password: from the file, or the name from an option and the password from the environment
    or a prompt. A password is never part of a command, which others on this computer can see."""
    if file is not None:
        try:
            lines = file.read_text("utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as problem:
            raise Refused(f"wifi-file: expected a file with a name and a password: {problem}") from None
        if not lines or not lines[0]:
            raise Refused(f"wifi-file: expected the Wi-Fi's name on the first line of {file}, found nothing")
        return lines[0], lines[1] if len(lines) > 1 else ""
    if name is None:
        return None, None
    password = os.environ.get(WIFI_PASSWORD)
    if password is None:
        if not err.is_terminal:
            raise Refused(f"wifi: expected its password in {WIFI_PASSWORD} or --wifi-file, found neither")
        password = typer.prompt(f"{name}", hide_input=True, default="", show_default=False, err=True)
    return name, password


def read_claims(path: Path) -> list[Claim]:
    """The claims of a file."""
    try:
        return claims_in(path)
    except BadClaims as problem:
        raise Refused(str(problem)) from None


def link_of(address: str, token_file: Path | None) -> Fleet:
    """The fleet at this address."""
    if token_file is None:
        raise Refused("token-file: expected --token-file or MOTCUA_FLEET_TOKEN_FILE, found neither")
    try:
        return fleet_at(address, token_file)
    except FleetSaysNo as problem:
        raise Refused(str(problem)) from None


@contextmanager
def opened_book(folder: Path | None, data: Path | None) -> Iterator[Book]:
    """The bench's book, in its folder."""
    try:
        book = Book(folder or settings_of(data).data / "bench")
    except BookError as problem:
        raise Refused(str(problem)) from None
    try:
        yield book
    finally:
        book.close()
