"""Releases as their authors make them, with the commands that they have, and with the mistakes that they make."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from typer.testing import CliRunner

from fleet.__main__ import app
from fleet.domain.images import Image
from fleet.domain.release_images import images_of
from fleet.laptop import firmware_tree
from fleet.release_folder import ReleaseFolder
from fleet.release_keys import pem_of, write_key
from tests.release_keys import ROOTS, key

Changes = Mapping[str, Mapping[str, str]]
# By source: what stands there, and what is to stand there.

ONLY_FULL_ROLLS: Changes = {
    "firmware/drivers/escpos.py": {
        "return byte & 0x93 == 0x12": "return byte == 0x12",
        "return byte & 0x90 == 0": "return byte == 0",
    },
}
# "A printer answers 0x12, and 0 once it is done", says the author, in whose office the rolls are full. Where the paper
# is low it answers 0x1E and 3, and is taken for dumb.

SOON_SURE: Changes = {"firmware/trying.py": {"_SOUND_WITHIN_MS = const(120_000)": "_SOUND_WITHIN_MS = const(5_000)"}}
# Who tests goes back after seconds, where a device in an office waits until its printer is warm.

BUILDS_WITHIN_S = 300


class Authors:
    """Those who make releases: their folder, their keys, and the sources as they have them."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.place = ReleaseFolder(folder / "releases"), folder
        folder.mkdir(parents=True, exist_ok=True)
        for name in (*ROOTS, "release", "fleet"):
            write_key(key(name), folder / f"{name}.pem", None)
            (folder / f"{name}.pem.pub").write_text(pem_of(key(name).public_key))
        public = [word for name in ROOTS for word in ("--root-key", folder / f"{name}.pem.pub")]
        public += [word for name in ("release", "fleet") for word in (f"--{name}-key", folder / f"{name}.pem.pub")]
        motcua("release", "root", self.folder.path, *public)
        for name in ROOTS[:2]:
            self.signed("1.root.json", name)

    @property
    def fleet_key(self) -> Path:
        """The private key of the fleet's role."""
        return self.place / "fleet.pem"

    @property
    def root(self) -> bytes:
        """What devices trust first."""
        return self.folder.roots()[0]

    def release(self, *changes: Changes) -> Image:
        """The next release for simulated boards, of sources that say this otherwise: built, signed and checked."""
        sources = self.place / "sources"
        shutil.rmtree(sources, ignore_errors=True)
        sources.mkdir()
        for package in firmware_tree.PACKAGES:
            shutil.copytree(firmware_tree.ROOT / package, sources / package)
        (sources / "fleet").symlink_to(firmware_tree.ROOT / "fleet")
        for one in changes:
            change(sources, one)
        command = [sys.executable, "-m", "fleet", "release", "build", str(self.folder.path), "--board", "simulated"]
        environment = {**os.environ, "PYTHONPATH": str(sources)}
        subprocess.run(command, cwd=sources, env=environment, check=True, timeout=BUILDS_WITHIN_S, capture_output=True)
        sequence = self.folder.numbers("targets")[-1]
        self.signed(f"{sequence}.targets.json", "release")
        motcua("release", "check", self.folder.path)
        return images_of(self.folder.release(sequence))[0]

    def published(self, data: Path, note: str) -> None:
        """The last release comes to the fleet in this folder."""
        motcua("release", "publish", self.folder.path, "--note", note, "--data", data)

    def signed(self, document: str, by: str) -> None:
        """One more signature on it."""
        motcua("release", "sign", self.folder.path / document, "--key", self.place / f"{by}.pem", "--yes")


def change(sources: Path, changes: Changes) -> None:
    """Let these sources say something else."""
    for name, lines in changes.items():
        text = (sources / name).read_text()
        for before, after in lines.items():
            if text.count(before) != 1:
                raise ValueError(f"{name}: expected {before!r} once, found it {text.count(before)} times")
            text = text.replace(before, after)
        (sources / name).write_text(text)


def motcua(*words: object) -> str:
    """What a command says; it must go well."""
    done = CliRunner().invoke(app, [str(one) for one in words], catch_exceptions=False)
    if done.exit_code:
        raise AssertionError(f"motcua {' '.join(map(str, words))}: expected it to go well, found: {done.stderr}")
    return done.output
