"""What the pages say: gettext catalogues in `languages/`.

`motcua.pot` holds every text in Vietnamese, under its key as context. `en.po` is what English says for each; another
language is another such file. `make catalogues` brings them up to date with the Vietnamese and marks what to look at.
A text that counts has a plural form and takes the number as `n`.
"""

import gettext
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files

from babel.messages import Catalog
from babel.messages.pofile import read_po

FIRST = "vi"
SOURCE = "motcua.pot"


class Wording:
    """One language's texts. `form` tells which form of a text belongs to a number."""

    def __init__(self, code: str, texts: Mapping[str, tuple[str, ...]], form: Callable[[int], int]) -> None:
        self.code = code
        self.texts = texts
        self.form = form

    def say(self, key: str, **values: object) -> str:
        """The text of this key with its values filled in."""
        forms = self.texts[key]
        n = values.get("n")
        chosen = forms[self.form(n)] if len(forms) > 1 and isinstance(n, int) else forms[-1]
        return chosen.format(**values)

    def word(self, group: str, value: str) -> str:
        """The word for a value that a stranger may have invented: without a text it stands for itself."""
        return self.texts.get(f"{group}.{value}", (value,))[-1]


@cache
def load_wordings() -> Mapping[str, Wording]:
    """Every language by its code; the first is the one of a person who chose none."""
    source = load_catalogue(SOURCE)
    found = {FIRST: wording(FIRST, source, {key: forms[:1] for key, forms in ids(source).items()})}
    for file in sorted((files("fleet.pages") / "languages").iterdir(), key=lambda file: file.name):
        if file.name.endswith(".po"):
            catalogue = load_catalogue(file.name)
            code = file.name.removesuffix(".po")
            found[code] = wording(code, catalogue, strings(catalogue))
    return found


def load_catalogue(name: str) -> Catalog:
    """One file of `languages/`."""
    with (files("fleet.pages") / "languages" / name).open("rb") as file:
        return read_po(file)


def wording(code: str, catalogue: Catalog, texts: Mapping[str, tuple[str, ...]]) -> Wording:
    return Wording(code, texts, gettext.c2py(catalogue.plural_expr))


def ids(catalogue: Catalog) -> dict[str, tuple[str, ...]]:
    """The Vietnamese of each key."""
    return {str(one.context): forms(one.id) for one in catalogue if one.id}


def strings(catalogue: Catalog) -> dict[str, tuple[str, ...]]:
    """What each key is in the language of the catalogue."""
    return {str(one.context): forms(one.string or "") for one in catalogue if one.id}


def forms(text: str | list[str] | tuple[str, ...]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)
