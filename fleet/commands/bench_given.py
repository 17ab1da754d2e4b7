"""What `motcua bench` is given: a Wi-Fi, files of claims, a fleet to speak with, and a book."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from fleet.commands.shared import Refused, err, settings_of
from fleet.provisioning.book import Book, BookError
from fleet.provisioning.claims import BadClaims, Claim, claims_in
from fleet.provisioning.fleet_link import Fleet, FleetSaysNo, fleet_at
from fleet.release_folder import Bad, trust_of

WIFI_PASSWORD = "MOTCUA_WIFI_PASSWORD"  # noqa: S105 (the name of a variable)


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


def trust_in(path: Path) -> bytes:
    """The first root of releases, as boards take it in."""
    try:
        return trust_of(path)
    except Bad as problem:
        raise Refused(f"root: {problem}") from None


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
