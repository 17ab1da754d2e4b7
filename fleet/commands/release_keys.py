"""motcua release keys: pairs of keys, each made where it stays, and the passphrases that they are under."""

from pathlib import Path
from typing import Annotated

import typer
from securesystemslib.signer import CryptoSigner

from fleet.commands.shared import Refused, err, say
from fleet.private_files import private_folder
from fleet.release_folder import write_whole
from fleet.release_keys import PassphraseWanted, new_key, pem_of, read_key, write_key

LEAST_LETTERS = 12
PassphraseFile = Annotated[Path | None, typer.Option(help="File whose first line is the passphrase; none: ask for it.")]


def keys(
    file: Annotated[Path, typer.Argument(help="File for the private key; the public one goes beside it, as .pub.")],
    passphrase_file: PassphraseFile = None,
    no_passphrase: Annotated[
        bool, typer.Option("--no-passphrase", help="For the fleet's own key, which a server uses by itself.")
    ] = False,
) -> None:
    """Make a pair of keys: the private one never leaves this machine."""
    for path in (file, public_of(file)):
        if path.exists():
            raise Refused(f"{path}: there is a key already; it is never written over")
    passphrase = None if no_passphrase else new_passphrase(passphrase_file)
    private_folder(file.parent)
    signer = new_key()
    write_key(signer, file, passphrase)
    write_whole(public_of(file), pem_of(signer.public_key).encode())
    say(f"{file}: the private key, for you alone; keep a copy where no fire takes both")
    say(f"{public_of(file)}: the public key, for whoever makes the root")
    say(f"id {signer.public_key.keyid}")


def public_of(file: Path) -> Path:
    """Where the public half lies."""
    return file.with_name(f"{file.name}.pub")


def new_passphrase(file: Path | None) -> str:
    """What a new key shall be under. Raises Refused."""
    text = first_line(file) if file is not None else asked("Passphrase of the new key", confirm=True)
    if len(text) < LEAST_LETTERS:
        raise Refused(f"passphrase: expected {LEAST_LETTERS} letters at least, found {len(text)}")
    return text


def opened_key(path: Path, passphrase_file: Path | None) -> CryptoSigner:
    """A private key; its passphrase is asked for where it has one. Raises KeyRefused, OSError, Refused."""
    if passphrase_file is not None:
        return read_key(path, first_line(passphrase_file))
    try:
        return read_key(path)
    except PassphraseWanted:
        return read_key(path, asked(f"Passphrase of {path.name}"))


def asked(question: str, confirm: bool = False) -> str:
    """What a person types unseen. Raises Refused."""
    if not err.is_terminal:
        raise Refused("passphrase: expected --passphrase-file, or a terminal where it can be asked for; found neither")
    return str(typer.prompt(question, hide_input=True, confirmation_prompt=confirm, err=True))


def first_line(file: Path) -> str:
    """The passphrase in this file. Raises Refused."""
    try:
        return file.read_text("utf-8").partition("\n")[0].rstrip("\r")
    except (OSError, UnicodeDecodeError) as problem:
        raise Refused(f"passphrase-file: expected a file with a passphrase: {problem}") from None
