"""Private keys in files: for us alone, never written over, refused when others may read them."""

from pathlib import Path

import pytest

from fleet.release_keys import (
    KeyRefused,
    PassphraseWanted,
    pem_of,
    read_again,
    read_key,
    read_public,
    signed,
    write_key,
)
from tests.release_keys import key


def test_a_key_under_a_passphrase(tmp_path: Path) -> None:
    path = tmp_path / "an.pem"
    write_key(key("an"), path, "mười hai con giáp")
    assert path.stat().st_mode & 0o777 == 0o600
    assert b"ENCRYPTED" in path.read_bytes()
    assert read_key(path, "mười hai con giáp").public_key == key("an").public_key
    for wrong in ("khác", None):
        with pytest.raises(PassphraseWanted, match="passphrase"):
            read_key(path, wrong)
    with pytest.raises(FileExistsError):
        write_key(key("binh"), path, None)


def test_the_fleets_key_needs_no_passphrase_but_is_for_nobody_else(tmp_path: Path) -> None:
    path = tmp_path / "fleet.pem"
    write_key(key("fleet"), path, None)
    assert signed(b"text", [read_key(path)]) == signed(b"text", [key("fleet")])
    path.chmod(0o604)
    with pytest.raises(KeyRefused, match="others may not read"):
        read_key(path)


def test_what_is_no_key(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    path.write_text("no key")
    path.chmod(0o600)
    with pytest.raises(KeyRefused, match="expected a private key as PEM"):
        read_key(path)
    with pytest.raises(KeyRefused, match="expected a public key as PEM"):
        read_public(path)
    path.write_text(pem_of(key("an").public_key))
    assert read_public(path) == key("an").public_key


def test_a_key_that_is_needed_often_is_another_one_as_soon_as_its_file_is(tmp_path: Path) -> None:
    file = tmp_path / "fleet.pem"
    write_key(key("fleet"), file, None)
    assert read_again(file) is read_again(file), "to check it takes a tenth of a second"
    file.unlink()
    write_key(key("another"), file, None)
    assert read_again(file).public_key == key("another").public_key
    file.chmod(0o644)
    with pytest.raises(KeyRefused, match="others may not read"):
        read_again(file)
