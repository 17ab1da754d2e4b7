"""The fields of a device's configuration that people decide: one device's, or those of many by a template.

A field is called by its path, `display.volume`. What a device is by where it stands (its office, counter and services)
is none of them. Neither are the hotline and the address on tickets: those are the office's, and pages show them, too.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fleet.domain.unfit import Expected, Unfit
from protocols.config import Config
from protocols.display import Display
from protocols.message import Message, ProtocolError, Range, check
from protocols.printer import Printer
from protocols.rating import Rating
from protocols.reader import Reader

PARTS: dict[str, type[Message]] = {"printer": Printer, "rating": Rating, "reader": Reader, "display": Display}
SCALES = (3, 4, 5)
# The levels of the form in the law, of boxes of four faces, and of ministries' forms.
BYTE_DOTS = 8
LANGUAGES = 6
# A call takes some five seconds in each; the next one should not wait for minutes.
REASON = re.compile(r"[a-z][a-z0-9_]{0,31}")
NEVER = "never"
# How people write the null of a time after which something happens.


@dataclass(frozen=True)
class ConfigField:
    """A field: what may stand in it, what stands there unless anybody says otherwise, and which devices have it.

    `role`: those with this role; None: every device. `alone`: only those that have no other role.
    """

    name: str
    spec: Any
    default: object
    role: str | None = None
    alone: bool = False

    def is_of(self, roles: Sequence[str]) -> bool:
        """Whether a device of these roles has it."""
        return self.role is None or (tuple(roles) == (self.role,) if self.alone else self.role in roles)


def of_config(name: str, role: str | None = None, alone: bool = False) -> ConfigField:
    return ConfigField(name, Config.FIELDS[name], getattr(Config, name), role, alone)


def of_part(role: str, part: type[Message]) -> list[ConfigField]:
    return [ConfigField(f"{role}.{name}", spec, getattr(part, name), role) for name, spec in part.FIELDS.items()]


FIELDS: dict[str, ConfigField] = {
    one.name: one
    for one in (
        *of_part("printer", Printer),
        of_config("scale", "rating"),
        *of_part("rating", Rating),
        of_config("sleep_after_s", "rating", alone=True),
        *of_part("reader", Reader),
        of_config("senior_years", "reader"),
        *of_part("display", Display),
        of_config("confirm_within_s"),
    )
}


class BadField(Unfit):
    """A field that there is not, or that can not be so; the text says what was found and expected."""


def check_field(name: str, value: object, role: str | None = None) -> object:
    """The value, where this field may be so. `role`: of a template for devices of this role. Raises BadField."""
    field = FIELDS.get(name)
    if field is None or (role is not None and field.role not in (None, role)):
        known = ", ".join(one.name for one in FIELDS.values() if role is None or one.role in (None, role))
        raise BadField(f"field: expected one of {known}, found {name[:80]!r}", name[:80], Expected.CHOICE)
    try:
        checked = check(field.spec, list(value) if isinstance(value, list) else value)
    except ProtocolError as err:
        raise unfit(field, err.within(name)) from None
    more = beyond(name, checked)
    if more is not None:
        raise BadField(f"{name}: expected {more}, found {checked}", name)
    return checked


def beyond(name: str, value: Any) -> str | None:
    """What a value of the right type should have been nevertheless; None if it is right."""
    if name == "scale" and value not in SCALES:
        return "3, 4 or 5 levels"
    if name == "printer.width" and value % BYTE_DOTS:
        return f"a multiple of {BYTE_DOTS} dots"
    if name == "display.languages" and not 1 <= len(set(value)) == len(value) <= LANGUAGES:
        return f"1 to {LANGUAGES} folders, each once"
    if name == "rating.reasons" and not (len(set(value)) == len(value) <= max(SCALES)):
        return f"at most {max(SCALES)} reasons, each once"
    if name == "rating.reasons" and not all(REASON.fullmatch(one) for one in value):
        return "codes of a-z, 0-9 and _ that begin with a letter"
    if name == "rating.scores" and len(set(value)) != len(value):
        return "each score once"
    return None


def unfit(field: ConfigField, err: ProtocolError) -> BadField:
    """The problem in words, and with its bounds where a form can say them."""
    spec = range_of(field)
    if spec is None:
        return BadField(str(err), field.name)
    return BadField(str(err), field.name, Expected.NUMBER, least=spec.low, most=spec.high)


def range_of(field: ConfigField) -> Range | None:
    """The bounds of a field that is a number, or may be one."""
    options = field.spec if isinstance(field.spec, tuple) else (field.spec,)
    return next((one for one in options if isinstance(one, Range)), None)


def check_together(fields: Mapping[str, object]) -> None:
    """What is right alone may be wrong beside the rest: each reason needs a button. Raises BadField."""
    levels, reasons = fields.get("scale"), fields.get("rating.reasons")
    if isinstance(levels, int) and isinstance(reasons, list) and len(reasons) > levels:
        text = f"rating.reasons: expected at most {levels}, one a button, found {len(reasons)}"
        raise BadField(text, "rating.reasons", Expected.NO_BUTTON, most=levels)


def read_field(name: str, text: str) -> object:
    """The value that somebody typed: a word, a number, yes or no, or a list with blanks. Raises BadField."""
    field = FIELDS.get(name)
    if field is None:
        return check_field(name, text)
    said = " ".join(text.split())
    if isinstance(field.spec, list):
        return check_field(name, [number_or(one) for one in said.replace(",", " ").split()])
    if field.spec is bool and said in ("yes", "no"):
        return check_field(name, said == "yes")
    if isinstance(field.spec, tuple) and None in field.spec and said == NEVER:
        return None
    return check_field(name, said if range_of(field) is None else number_or(said))


def fields_in(config: Mapping[str, Any], roles: Sequence[str]) -> dict[str, Any]:
    """The fields of a whole configuration that a device of these roles has."""
    found = {}
    for name, field in FIELDS.items():
        part, _, inner = name.rpartition(".")
        its = config.get(part, {}) if part else config
        if field.is_of(roles):
            found[name] = its.get(inner, field.default)
    return found


def number_or(text: str) -> int | str:
    """The whole number that this is, or the text."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text


def show_field(value: object) -> str:
    """A value as a person types it."""
    if isinstance(value, list):
        return " ".join(map(str, value))
    if value is None:
        return NEVER
    return str(value) if not isinstance(value, bool) else "yes" if value else "no"
