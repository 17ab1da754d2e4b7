"""What the workbench says, in each language that has a file beside its page."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "bench" / "languages"
FIRST = "vi"


@cache
def texts(language: str) -> dict[str, Any]:
    """The texts of this language; those of Vietnamese where it has no file."""
    name = language if language in languages() else FIRST
    return tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))


@cache
def languages() -> frozenset[str]:
    """The languages that have a file."""
    return frozenset(file.stem for file in FOLDER.glob("*.toml"))
