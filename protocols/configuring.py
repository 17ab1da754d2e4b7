"""Which configurations a device takes. It asks these rules before it keeps one, whoever sent it.

One bad value refuses the whole, and what the device was before stays. Other than in all other messages an unknown key
is refused: a misspelt one would be left aside, and everybody would think that it holds. A fleet that is newer than the
device leaves out what says only its default, so what the device is then told and does not know, it could not do either.

A device needs this for a moment and lets it go again: nothing that stays in its RAM imports it.
"""

from protocols.config import Config
from protocols.message import (
    MISSING,
    TEXT_AT_MOST,
    Message,
    ProtocolError,
    Range,
    Text,
    check,
    from_json,
)
from protocols.wording import described, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from protocols.config_refused import ConfigRefused

ROLES = ("printer", "rating", "reader", "keypad", "display")
NAME = Text(44)
# Of a text: a word on a ticket or a service's id, with a language.


class Refused(Exception):
    """This configuration is not taken."""

    def __init__(self, key: str, problem: str, expected: str, found: str) -> None:
        super().__init__(f"{key}: expected {expected}, found {found}")
        self.version: "int | None" = None
        self.key = key
        self.problem = problem
        self.expected = expected
        self.found = found

    def why(self) -> "ConfigRefused":
        """The same as the fleet is told it."""
        from protocols.config_refused import ConfigRefused

        return ConfigRefused.of(self.version, self.key, self.problem, self.expected, self.found)


def checked(raw: bytes, clash: "Any" = None) -> Config:
    """The configuration in these bytes. `clash`: asks a board why these roles do not go together; None if they do.

    Raises Refused.
    """
    version = None
    try:
        data = read(raw)
        if type(data.get("version")) is int and data["version"] >= 0:
            version = data["version"]
        look(Config, data, "")
        look_at_parts(data)
        look_at_texts(data.get("texts", {}))
        look_for_clashes(data, clash)
    except Refused as err:
        err.version = version
        raise
    return Config.from_dict(data)


def read(raw: bytes) -> "dict[str, Any]":
    """The JSON object in these bytes. Raises Refused."""
    try:
        return from_json(raw)
    except ProtocolError as err:
        raise Refused("", "unreadable", err.expected, shown(err.found)) from None


def look(spec: "Any", value: "Any", key: str) -> None:
    """Look whether the value is what `spec` allows, however deep. Raises Refused."""
    if type(spec) is list:
        if type(value) is not list:
            raise Refused(key, "wrong_type", "a list", shown(value))
        for place in range(len(value)):
            look(spec[0], value[place], "%s[%d]" % (key, place))
    elif isinstance(spec, type) and issubclass(spec, Message):
        if type(value) is not dict:
            raise Refused(key, "wrong_type", "an object", shown(value))
        look_at_fields(spec, value, key + "." if key else "")
    else:
        try:
            check(spec, value)
        except ProtocolError as err:
            raise Refused(key, problem_of(spec, value), err.expected, shown(value)) from None


def look_at_fields(spec: "Any", value: "dict[str, Any]", before: str) -> None:
    """Look at what stands in an object. Raises Refused."""
    for name in value:
        if name not in spec.FIELDS:
            raise Refused(before + shown(name)[1:-1], "unknown_key", ", ".join(spec.FIELDS), shown(name))
    for name in spec.FIELDS:
        if name in value:
            look(spec.FIELDS[name], value[name], before + name)
        elif not hasattr(spec, name):
            raise Refused(before + name, "missing", described(spec.FIELDS[name]), shown(MISSING))


def problem_of(spec: "Any", value: "Any") -> str:
    """In a word why the value does not fit."""
    for one in spec if type(spec) is tuple else (spec,):
        if type(value) is str and (one is str or isinstance(one, Text)):
            most = one if isinstance(one, Text) else TEXT_AT_MOST
            return "too_long" if len(value) > most else "out_of_range"
        if type(value) is int and (one is int or isinstance(one, Range)):
            return "out_of_range"
        if type(value) is str and type(one) is str:
            return "out_of_range"
    return "wrong_type"


def look_at_parts(data: "dict[str, Any]") -> None:
    """The objects whose fields a role knows. Only what stands there is imported. Raises Refused."""
    if data.get("printer"):
        from protocols.printer import Printer

        look(Printer, data["printer"], "printer")
    if data.get("reader"):
        from protocols.reader import Reader

        look(Reader, data["reader"], "reader")
    if data.get("display"):
        from protocols.display import Display

        look(Display, data["display"], "display")
    if data.get("rating"):
        from protocols.rating import Rating

        look(Rating, data["rating"], "rating")
        look_at_reasons(data["rating"], data.get("scale", Config.scale))


def look_at_reasons(rating: "dict[str, Any]", scale: int) -> None:
    """Each reason needs a button of its own, and each score a place on the scale. Raises Refused."""
    reasons = rating.get("reasons", [])
    if len(reasons) > scale:
        raise Refused(
            "rating.reasons", "clash", "at most %d, as many as the scale has levels" % scale, str(len(reasons))
        )
    for place in range(len(reasons)):
        if not reasons[place]:
            raise Refused("rating.reasons[%d]" % place, "out_of_range", "a word", shown(reasons[place]))
        if reasons[place] in reasons[:place]:
            raise Refused("rating.reasons[%d]" % place, "clash", "each reason once", shown(reasons[place]))
    scores = rating.get("scores", [])
    for place in range(len(scores)):
        if scores[place] > scale:
            expected = "a level of the scale, 1 to %d" % scale
            raise Refused("rating.scores[%d]" % place, "clash", expected, shown(scores[place]))


def look_at_texts(texts: "dict[str, Any]") -> None:
    """Words for paper, each under a short name. Raises Refused."""
    for name in texts:
        look(NAME, name, "texts")
        look(str, texts[name], "texts." + shown(name)[1:-1])


def look_for_clashes(data: "dict[str, Any]", clash: "Any") -> None:
    """What is right alone may be wrong beside the rest. Raises Refused."""
    roles = data["roles"]
    for place in range(len(roles)):
        look(ROLES, roles[place], "roles[%d]" % place)
        if roles[place] in roles[:place]:
            raise Refused("roles[%d]" % place, "clash", "each role once", shown(roles[place]))
    buttons = [one["button"] for one in data.get("services", [])]
    for place in range(len(buttons)):
        if buttons[place] in buttons[:place]:
            found = shown(buttons[place]) + " again"
            raise Refused("services[%d].button" % place, "clash", "a button of its own", found)
    why = clash(roles) if clash is not None else None
    if why is not None:
        raise Refused("roles", "clash", "roles that go together on this board", why)
