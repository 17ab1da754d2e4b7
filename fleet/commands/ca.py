"""motcua ca: a certificate authority of our own, for networks that no public one reaches."""

import sys
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from rich.markup import escape
from rich.table import Table

from fleet.authority import MOST_DAYS, VALID_FROM, Authority, bridge, fingerprint, hosts_in, issue, make_authority
from fleet.authority_folder import AuthorityFolder, AuthorityRefused, read_certificate
from fleet.commands.release_keys import PassphraseFile, asked, first_line, new_passphrase
from fleet.commands.shared import Refused, err, out, say
from fleet.domain.certificate_names import NameRefused, host_of, names_of

YEAR_DAYS = 365.25
NAME_LETTERS = 48
# X.509 allows a common name 64; ours gets five more.
USUAL_DAYS = 800

app = typer.Typer(no_args_is_help=True, help="A certificate authority for networks without internet.")
Folder = Annotated[Path, typer.Option(help="Folder of the authority, best on a stick that lies in a safe.")]
ForDevices = Annotated[
    bool, typer.Option("--for-devices", help="For a broker: also boards without a clock take it as valid.")
]
Days = Annotated[int, typer.Option(help="Days for which it is valid.", min=1, max=MOST_DAYS)]
USUAL_FOLDER = Path("ca")


class Form(StrEnum):
    """How a certificate is written."""

    PEM = "pem"
    DER = "der"


ENCODINGS = {Form.PEM: Encoding.PEM, Form.DER: Encoding.DER}


@app.command()
def make(
    names: Annotated[list[str], typer.Argument(help="What it may sign for: domains, and networks of addresses.")],
    folder: Folder = USUAL_FOLDER,
    name: Annotated[str, typer.Option(help="What browsers call it.")] = "motcua",
    years: Annotated[int, typer.Option(help="Years for which it is valid.", min=1, max=30)] = 10,
    after: Annotated[
        Path | None, typer.Option(help="Folder of the authority that it follows, which devices and browsers know.")
    ] = None,
    after_passphrase_file: PassphraseFile = None,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Make an authority. Its key goes under a passphrase, and can sign for nothing but these names."""
    here = AuthorityFolder(folder)
    try:
        here.refuse_made()
        allowed = names_of(names)
        refuse_bad_name(name)
        before = None if after is None else opened(AuthorityFolder(after), after_passphrase_file)
        passphrase = new_passphrase(passphrase_file)
        made = make_authority(name, allowed, now() + timedelta(days=years * YEAR_DAYS))
        here.keep(made, passphrase, None if before is None else bridge(before, made, allowed))
    except (AuthorityRefused, NameRefused) as problem:
        raise Refused(str(problem)) from None
    say(f"{here.certificate_file}: for devices and browsers; until {day(made.certificate)}; signs for {allowed}")
    say(f"{here.key_file}: its key, for you alone; keep the folder off line, and a copy where no fire takes both")
    if before is not None:
        say(f"{here.bridge_file}: who knows only {after} believes the new one, until {day(before.certificate)}")
    say(f"SHA-256 {fingerprint(made.certificate)}")


@app.command("issue")
def issued(
    hosts: Annotated[list[str], typer.Argument(help="Names and addresses at which the server is reached.")],
    folder: Folder = USUAL_FOLDER,
    for_devices: ForDevices = False,
    days: Days = USUAL_DAYS,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Sign a certificate for a server: the broker, or `motcua serve`. Its key is made with it."""
    try:
        named = list(dict.fromkeys(map(host_of, hosts)))
        sign(AuthorityFolder(folder), file_of(named[0]), named, days, for_devices, passphrase_file)
    except (AuthorityRefused, NameRefused) as problem:
        raise Refused(str(problem)) from None


@app.command()
def renew(
    name: Annotated[str, typer.Argument(help="Which one, as `motcua ca list` calls it.")],
    folder: Folder = USUAL_FOLDER,
    days: Days = USUAL_DAYS,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Sign a certificate again for the same hosts, with a new key, before it ends."""
    here = AuthorityFolder(folder)
    try:
        found = here.servers()
        if name not in found:
            raise AuthorityRefused(f"{name}: expected one of {', '.join(found) or 'none yet'}")
        before = found[name]
        sign(here, name, hosts_in(before), days, is_for_devices(before), passphrase_file)
    except AuthorityRefused as problem:
        raise Refused(str(problem)) from None


@app.command("list")
def listed(folder: Folder = USUAL_FOLDER) -> None:
    """List what the authority signed, and until when it holds."""
    here = AuthorityFolder(folder)
    try:
        authority, servers = here.certificate, here.servers()
    except AuthorityRefused as problem:
        raise Refused(str(problem)) from None
    table = Table(box=None, padding=(0, 2, 0, 0))
    for column in ("name", "hosts", "for", "until", "days"):
        table.add_column(column, overflow="fold")
    table.add_row("authority", escape(str(here.names)), "", day(authority), days_left(authority))
    for name, one in servers.items():
        whom = "devices" if is_for_devices(one) else "browsers"
        table.add_row(escape(name), escape("\n".join(hosts_in(one))), whom, day(one), days_left(one))
    out.print(table)


@app.command()
def show(
    file: Annotated[Path | None, typer.Argument(help="A certificate; none: that of the authority.")] = None,
    folder: Folder = USUAL_FOLDER,
) -> None:
    """Show whose a certificate is, who signed it, from when until when, and its fingerprint."""
    try:
        found = AuthorityFolder(folder).certificate if file is None else read_certificate(file)
    except AuthorityRefused as problem:
        raise Refused(str(problem)) from None
    say(f"of       {found.subject.rfc4514_string()}")
    say(f"signed   {found.issuer.rfc4514_string()}")
    say(f"hosts    {', '.join(hosts_in(found)) or 'none'}")
    say(f"valid    {found.not_valid_before_utc:%Y-%m-%d} to {day(found)}, {days_left(found)} days left")
    say(f"SHA-256  {fingerprint(found)}")


@app.command()
def export(
    folder: Folder = USUAL_FOLDER,
    form: Annotated[Form, typer.Option(help="PEM, or DER as Windows and Android like it.")] = Form.PEM,
) -> None:
    """Write the authority's certificate, for browsers and devices to trust. Its key stays."""
    try:
        found = AuthorityFolder(folder).certificate
    except AuthorityRefused as problem:
        raise Refused(str(problem)) from None
    sys.stdout.buffer.write(found.public_bytes(ENCODINGS[form]))
    err.print(f"SHA-256 {fingerprint(found)}", highlight=False, soft_wrap=True)


def sign(
    here: AuthorityFolder, name: str, hosts: list[str], days: int, for_devices: bool, passphrase_file: Path | None
) -> None:
    """Sign it, keep it, and say where. Raises AuthorityRefused."""
    for host in hosts:
        if not here.names.cover(host):
            raise AuthorityRefused(f"{host}: expected a host of {here.names}, for which alone this authority signs")
    made = issue(opened(here, passphrase_file), hosts, now(), days, for_devices)
    chain, key = here.keep_issued(name, made)
    say(f"{chain}: for {', '.join(hosts)}; until {day(made.certificate)}")
    say(f"{key}: its key, for that server alone")


def opened(here: AuthorityFolder, passphrase_file: Path | None) -> Authority:
    """The authority with its key. Raises AuthorityRefused, Refused."""
    found = here.certificate
    question = f"Passphrase of {here.key_file}"
    if found.not_valid_after_utc <= now():
        raise AuthorityRefused(f"{here.folder}: expected an authority that is valid, found one that ended {day(found)}")
    return here.opened(asked(question) if passphrase_file is None else first_line(passphrase_file))


def refuse_bad_name(name: str) -> None:
    """Raises AuthorityRefused for a name that no certificate can have."""
    if not (0 < len(name) <= NAME_LETTERS and name.isprintable()):
        raise AuthorityRefused(f"name: expected 1 to {NAME_LETTERS} letters, found {name[:NAME_LETTERS]!r}")


def is_for_devices(certificate: x509.Certificate) -> bool:
    """Whether boards without a clock take it; it is valid for longer than browsers like."""
    return certificate.not_valid_before_utc == VALID_FROM


def file_of(host: str) -> str:
    """What the files of a server are called."""
    return host.replace(":", "-")


def day(certificate: x509.Certificate) -> str:
    """Its last day, in UTC."""
    return f"{certificate.not_valid_after_utc:%Y-%m-%d}"


def days_left(certificate: x509.Certificate) -> str:
    """How many whole days it still holds; below zero: it ended."""
    return str((certificate.not_valid_after_utc - now()).days)


def now() -> datetime:
    """The moment, in UTC."""
    return datetime.now(UTC)
