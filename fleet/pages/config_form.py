"""The fields of configurations in a form: what is left empty is inherited, and a dash is none."""

from collections.abc import Mapping, Sequence
from typing import Any

from fleet.domain.config_fields import FIELDS, BadField, ConfigField, read_field, show_field
from fleet.domain.unfit import Unfit, refuse
from fleet.pages.form_fields import Field

NONE = "-"
# Empty says nothing; a list of nothing, or a time that never comes, must be sayable.
WORDS = {
    "printer.text": "printer_text",
    "printer.qr": "printer_qr",
    "printer.cutter": "printer_cutter",
    "printer.status": "printer_status",
    "reader.scanner": "scanner",
    "reader.mode": "scan_mode",
    "display.show": "display_show",
    "display.voice": "display_voice",
    "rating.reasons": "reason",
}
# The texts' words for values, by field.


class Wanted(Field):
    """A field of a configuration, as text; empty where it is inherited."""

    def shown(self, value: object) -> list[str]:
        """What is said of it."""
        if value is INHERITED:
            return [""]
        return [NONE if value is None or value == [] else show_field(value)]


INHERITED = object()


def offered(field: ConfigField) -> tuple[str, ...]:
    """The values to choose from; nothing where one is typed."""
    if field.name == "scale":
        return ("3", "4", "5")
    if field.spec is bool:
        return ("yes", "no")
    is_choice = isinstance(field.spec, tuple) and all(isinstance(one, str) for one in field.spec)
    return tuple(field.spec) if is_choice else ()


def now_of(names: Sequence[str], fields: Mapping[str, Any]) -> dict[str, object]:
    """What stands in each of these fields."""
    return {name: fields.get(name, INHERITED) for name in names}


def wanted_of(typed: Mapping[str, object]) -> dict[str, Any]:
    """What was typed, by the names of fields. Raises Unfit with all that is wrong."""
    found: dict[str, Any] = {}
    problems: list[Unfit] = []
    for name, text in typed.items():
        if not text or name not in FIELDS:
            continue
        try:
            found[name] = read_field(name, none_of(FIELDS[name]) if text == NONE else str(text))
        except BadField as problem:
            problems.append(problem)
    refuse(problems)
    return found


def none_of(field: ConfigField) -> str:
    """How a person types nothing into this field."""
    is_nullable = isinstance(field.spec, tuple) and None in field.spec
    return "never" if is_nullable else "" if isinstance(field.spec, list) else NONE
