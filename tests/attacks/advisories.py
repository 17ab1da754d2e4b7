"""Holds the locked versions against a file of advisories, without any network.

    python -m tests.attacks.advisories --advisories FILE

The file holds advisories in the form of https://ossf.github.io/osv-schema/: one JSON object, a list of them, one in
each line, or a zip of such files, as the databases of advisories hand them out. Fetch it where there is a network.
"""

import argparse
import json
import re
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.version import InvalidVersion, Version

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.lock", "requirements-test.lock")
LOCKED = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s\\;]+)", re.MULTILINE)


@dataclass(frozen=True)
class Finding:
    """A locked version that an advisory is about."""

    name: str
    version: str
    advisory: str
    summary: str


def normal(name: str) -> str:
    """The name of a package as registries compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(root: Path = ROOT) -> dict[str, Version]:
    """The locked packages and their versions."""
    text = "\n".join((root / lock).read_text("utf-8") for lock in LOCKS)
    return {normal(one["name"]): Version(one["version"]) for one in LOCKED.finditer(text)}


def advisories(file: Path) -> Iterator[dict[str, Any]]:
    """All advisories in a file. Raises ValueError where it holds none."""
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as archive:
            for name in archive.namelist():
                if name.endswith(".json"):
                    yield json.loads(archive.read(name))
        return
    text = file.read_text("utf-8")
    try:
        found = json.loads(text)
    except ValueError:
        found = [json.loads(line) for line in text.splitlines() if line.strip()]
    yield from found if isinstance(found, list) else [found]


def concerns(affected: dict[str, Any], version: Version) -> bool:
    """Whether a part of an advisory is about this version."""
    if str(version) in affected.get("versions", ()):
        return True
    return any(
        within(one.get("events", ()), version)
        for one in affected.get("ranges", ())
        if one.get("type") in ("ECOSYSTEM", "SEMVER")
    )


def within(events: Any, version: Version) -> bool:
    """Whether a version lies in a range: from an introduction on, before the repair or through the last affected."""
    inside = False
    for event in sorted((at(one) for one in events), key=lambda one: one[0]):
        moment, what = event
        if what == "introduced" and version >= moment:
            inside = True
        elif (what == "fixed" and version >= moment) or (what == "last_affected" and version > moment):
            inside = False
    return inside


def at(event: dict[str, str]) -> tuple[Version, str]:
    """The version of an event, and what happened then."""
    ((what, version),) = list(event.items())[:1]
    try:
        return Version(version), what
    except InvalidVersion:
        return Version("0"), what


def findings(file: Path, root: Path = ROOT) -> list[Finding]:
    """Every locked version with an advisory that was not withdrawn."""
    versions = locked(root)
    found = set()
    for advisory in advisories(file):
        for affected in () if advisory.get("withdrawn") else advisory.get("affected", ()):
            package = affected.get("package", {})
            name = normal(package.get("name", ""))
            if package.get("ecosystem") == "PyPI" and name in versions and concerns(affected, versions[name]):
                found.add(Finding(name, str(versions[name]), advisory["id"], advisory.get("summary", "")))
    return sorted(found, key=lambda one: (one.name, one.advisory))


def main() -> int:
    """Print what was found."""
    arguments = argparse.ArgumentParser(description="Locked versions against a file of advisories.")
    arguments.add_argument("--advisories", type=Path, required=True)
    given = arguments.parse_args()
    found = findings(given.advisories)
    for one in found:
        print(f"{one.name} {one.version}: {one.advisory} {one.summary}")
    print(f"{len(locked())} packages, {len(found)} findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
