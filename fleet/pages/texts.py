"""What the pages say, in every language that has a file in `languages/`.

A file is TOML; keys of nested tables are joined by dots. Another language is another file with the same keys.
"""

import tomllib
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

FIRST = "vi"


class Wording:
    """One language's texts."""

    def __init__(self, code: str, texts: Mapping[str, str]) -> None:
        self.code = code
        self.texts = texts

    def say(self, key: str, **values: object) -> str:
        """The text of this key with its values filled in."""
        return self.texts[key].format(**values)

    def word(self, group: str, value: str) -> str:
        """The word for a value that a stranger may have invented: without a text it stands for itself."""
        return self.texts.get(f"{group}.{value}", value)


def load_wordings() -> dict[str, Wording]:
    """Every language by its code; the first is the one of a person who chose none."""
    folder = files("fleet.pages") / "languages"
    found = {file.name.removesuffix(".toml"): file.read_text("utf-8") for file in folder.iterdir()}
    order = sorted(found, key=lambda code: (code != FIRST, code))
    return {code: Wording(code, dict(flat(tomllib.loads(found[code])))) for code in order}


def flat(table: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    """Nested tables as keys joined by dots."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from flat(value, f"{before}{key}.")
        else:
            yield before + key, str(value)
