"""Fields of forms: how a value stands in one, and what is made of what somebody typed there.

What can not be read as a number, say, goes on as it was typed: the rules of the domain refuse it in their own words,
and the field shows it again.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WHOLE = re.compile(r"[0-9]{1,9}")
DAY = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")
DECIMAL = re.compile(r"[0-9]{1,6}(?:[.,][0-9]{1,2})?")
MINUTE_S = 60


@dataclass(frozen=True)
class Field:
    """A line of text."""

    name: str

    def shown(self, value: object) -> list[str]:
        """The value as it stands in the field."""
        return ["" if value is None else str(value)]

    def read(self, typed: Sequence[str]) -> object:
        """What was typed as a value."""
        return " ".join(typed[0].split()) if typed else ""

    def bound(self, value: object) -> object:
        """A bound of the value as people at this field say it."""
        return value


class Capitals(Field):
    """Letters that are written large, however they were typed."""

    def read(self, typed: Sequence[str]) -> object:
        """The letters."""
        return str(super().read(typed)).upper()


class Day(Field):
    """A day, or none, as people here write it: 01/07/2026. The ISO form is taken, too."""

    def shown(self, value: object) -> list[str]:
        """Day, month and year."""
        year, dash, rest = str(value or "").partition("-")
        month, _, day = rest.partition("-")
        return [f"{day}/{month}/{year}" if dash else str(value or "")]

    def read(self, typed: Sequence[str]) -> object:
        """The ISO day, or what stands there instead; None where the field was left empty."""
        text = str(super().read(typed))
        found = DAY.fullmatch(text)
        return text or None if found is None else f"{found[3]}-{found[2]:0>2}-{found[1]:0>2}"

    def bound(self, value: object) -> object:
        """The day as it is typed here."""
        return self.shown(value)[0]


class Number(Field):
    """A whole number."""

    def read(self, typed: Sequence[str]) -> object:
        """The number, or what stands there instead."""
        text = str(super().read(typed))
        return int(text) if WHOLE.fullmatch(text) else text


class Minutes(Field):
    """A time that is kept in seconds and said in minutes."""

    def shown(self, value: object) -> list[str]:
        """In minutes, with a comma where there are parts of one."""
        if not isinstance(value, int | float):
            return [str(value)]
        return [f"{round(value / MINUTE_S, 2):g}".replace(".", ",")]

    def read(self, typed: Sequence[str]) -> object:
        """Seconds, or what stands there instead."""
        text = str(super().read(typed))
        return round(float(text.replace(",", ".")) * MINUTE_S) if DECIMAL.fullmatch(text) else text

    def bound(self, value: object) -> object:
        """The least and the most in minutes that are whole within them."""
        return math.ceil(value / MINUTE_S) if isinstance(value, int | float) else value


class Tick(Field):
    """A box that is ticked or not."""

    def shown(self, value: object) -> list[str]:
        """Ticked or nothing."""
        return ["1"] if value else []

    def read(self, typed: Sequence[str]) -> object:
        """Whether it is ticked."""
        return bool(typed)


class Ticks(Field):
    """Several of what is offered."""

    def shown(self, value: object) -> list[str]:
        """The chosen ones."""
        return [str(one) for one in value] if isinstance(value, Sequence | set | frozenset) else []

    def read(self, typed: Sequence[str]) -> object:
        """The chosen ones, each once."""
        return list(dict.fromkeys(typed))


class Lines(Field):
    """A list, one a line."""

    def shown(self, value: object) -> list[str]:
        """A line each."""
        return ["\n".join(map(str, value))] if isinstance(value, Sequence) and not isinstance(value, str) else [""]

    def read(self, typed: Sequence[str]) -> object:
        """The lines that say something."""
        return [" ".join(line.split()) for line in (typed[0].splitlines() if typed else []) if line.strip()]


@dataclass(frozen=True)
class Fields:
    """The fields of a form. The texts call a field `{group}.{name}`, and explain it by `{group}.{name}_help`."""

    group: str
    each: tuple[Field, ...]

    def read(self, typed: Mapping[str, Sequence[str]]) -> dict[str, object]:
        """What was typed into all of them."""
        return {field.name: field.read(typed.get(field.name, [])) for field in self.each}
