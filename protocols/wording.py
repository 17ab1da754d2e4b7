"""What was found and what was expected, in words: for errors, of which a device sees few."""

from protocols.message import MISSING, TEXT_AT_MOST, Range, Text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def shown(found: object) -> str:
    """What was found, short and safe to log: strangers choose these bytes."""
    if found is None or found is True or found is False:
        return {None: "null", True: "true", False: "false"}[found]
    if found is MISSING:
        return "nothing"
    kind = type(found)
    if kind is int or kind is float:
        text = str(found)
        return text if len(text) <= 24 else "a number of " + str(len(text)) + " digits"
    if kind is str:
        text = str(found)
        letters = [text[at : at + 1] for at in range(min(40, len(text)))]  # slices: see `message.fits_text`
        plain = "".join([one if " " <= one <= "~" else "?" for one in letters])
        return '"' + plain + ('"' if len(text) <= 40 else '…"')
    if kind is bytes:
        return f"{len(found)} bytes"  # type: ignore[arg-type]
    return {list: "a list", dict: "an object"}.get(kind, kind.__name__)  # type: ignore[call-overload,no-any-return]


def described(spec: "Any") -> str:
    """The specification in words, for errors."""
    if spec is None:
        return "null"
    if type(spec) is str:
        return '"' + spec + '"'
    if type(spec) is tuple:
        return " or ".join([described(s) for s in spec])
    if type(spec) is list:
        return "a list of " + described(spec[0])
    if isinstance(spec, Range):
        return f"a whole number from {spec.low} to {spec.high}"
    if spec is str or isinstance(spec, Text):
        return f"a text of at most {spec if isinstance(spec, Text) else TEXT_AT_MOST} characters"
    return {
        int: "a whole number of 53 bits",
        bool: "true or false",
        dict: "an object",
    }.get(spec) or "an object (" + str(spec.__name__) + ")"
