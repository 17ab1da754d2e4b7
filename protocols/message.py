"""The message base: a class names its fields once, and bytes become a value or a sentence.

`FIELDS` says what may stand on the wire; annotations say the same to the type checker (MicroPython parses and drops
them) and a test keeps the two together. What may stand in `FIELDS`:

    int         a whole number that fits 53 bits        str      at most 200 characters
    bool        true or false                           None     null
    "low"       just this word                          dict     an object that is passed on unread
    Range(1,5)  a whole number between the two          Text(n)  at most n characters
    [spec]      a list of these                         (a, b)   one of these
    Lease       another message
"""

import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Self, TypeVar, dataclass_transform

    M = TypeVar("M", bound="Message")
else:

    def dataclass_transform(**_):
        return lambda cls: cls


BIGGEST = (1 << 53) - 1
# Beyond it JSON readers that use doubles disagree, and from 2**63 on no database column takes it.

TEXT_AT_MOST = 200


class ProtocolError(Exception):
    """Bytes from outside are not what the contract says."""

    def __init__(self, where: str, expected: str, found: object = None) -> None:
        from protocols.wording import shown  # what is right needs no words, and takes no RAM for them

        super().__init__(f"{where}: expected {expected}, found {shown(found)}")
        self.where = where
        self.expected = expected
        self.found = found

    def within(self, outer: str) -> "ProtocolError":
        """The same error, seen from further out."""
        return ProtocolError(outer + self.where, self.expected, self.found)


class Range:
    """A whole number from `low` to `high`, both included."""

    def __init__(self, low: int, high: int) -> None:
        self.low = low
        self.high = high


Text = int
# A text of at most so many characters: `Text(60)` is the number 60, which takes no RAM of a device.


# Specifications that many messages share: each is an object in a device's RAM.
COUNT = Range(0, BIGGEST)
MAYBE_COUNT = (COUNT, None)
WORD = Text(32)
MAYBE_WORD = (WORD, None)
IDENTITY = Text(84)
NUMBER = Range(1, 9999)
# of a ticket


def fits_text(value: object, most: int) -> bool:
    """A text that any database keeps: not too long, no NUL, no half of a surrogate pair."""
    if type(value) is not str or len(value) > most or "\0" in value:
        return False
    # By bytes: MicroPython keeps each letter that a loop over a text gives, for ever, as a name.
    try:
        raw = value.encode()
    except UnicodeError:  # CPython has no bytes for half of a pair; MicroPython has ED A0 80 to ED BF BF
        return False
    at = raw.find(b"\xed")
    while at >= 0 and raw[at + 1] < 0xA0:
        at = raw.find(b"\xed", at + 1)
    return at < 0


def only(text: str, letters: str) -> bool:
    """Whether the text is not empty and has only these letters, all of them ASCII."""
    return len(text) > 0 and not text.strip(letters)


def check(spec: "Any", value: "Any") -> "Any":
    """The value that `spec` makes of decoded JSON; raise ProtocolError where it does not fit.

    Where that is, is said on the way out: names of places for what is right would be half of all garbage.
    """
    kind = type(value)
    if type(spec) is tuple:
        if (value is None or kind is str) and value in spec:
            return value
        for one in spec:
            if isinstance(one, type) and issubclass(one, Message) and kind is dict:
                return one.read(value)
            try:
                return check(one, value)
            except ProtocolError:
                pass
    elif type(spec) is list:
        if kind is list:
            for place in range(len(value)):
                value[place] = check(spec[0], value[place])  # in place: a list and what is made of it are twice the RAM
            return value
    elif spec is None or type(spec) is str:
        if value == spec and kind is type(spec):
            return value
    elif isinstance(spec, Range):
        if kind is int and spec.low <= value <= spec.high:
            return value
    elif spec is str or isinstance(spec, Text):
        if fits_text(value, spec if isinstance(spec, Text) else TEXT_AT_MOST):
            return value
    elif spec is int:
        if kind is int and -BIGGEST <= value <= BIGGEST:
            return value
    elif spec is bool or spec is dict:
        if kind is spec:
            return value
    elif kind is dict:
        return spec.read(value)
    from protocols.wording import described

    raise ProtocolError("", described(spec), value)


@dataclass_transform(kw_only_default=True, frozen_default=True)
class Message:
    """A value that travels. Subclasses give FIELDS, and for events KIND."""

    KIND = ""
    FIELDS: "dict[str, Any]" = {}

    def __init__(self, **fields: "Any") -> None:
        for name in self.FIELDS:
            if name in fields:
                setattr(self, name, fields.pop(name))
            elif not hasattr(self, name):
                raise TypeError(f"{type(self).__name__} needs {name}")
        if fields:
            raise TypeError(f"{type(self).__name__} has no {list(fields)[0]}")

    @classmethod
    def from_dict(cls, data: "dict[str, Any]", where: str = "") -> "Self":
        """Read decoded JSON, and use up its lists. Unknown fields are left aside, absent ones take their default."""
        try:
            return cls.read(data)
        except ProtocolError as err:
            raise err.within(where or cls.KIND or cls.__name__) from None

    @classmethod
    def read(cls, data: "dict[str, Any]") -> "Self":
        """The same within another message: an error says only the field."""
        made: "Self" = object.__new__(cls)  # past __init__, whose keywords would be two more dictionaries
        for name in cls.FIELDS:
            if name in data:
                try:
                    setattr(made, name, check(cls.FIELDS[name], data[name]))
                except ProtocolError as err:
                    raise err.within("." + name) from None
            elif not hasattr(cls, name):
                from protocols.wording import described

                raise ProtocolError("." + name, described(cls.FIELDS[name]), MISSING)
        return made

    def to_dict(self) -> "dict[str, Any]":
        """Plain values for JSON, without the fields that say only their default."""
        data = {}
        for name in self.FIELDS:
            value = getattr(self, name)
            if hasattr(type(self), name) and getattr(type(self), name) == value:
                continue
            data[name] = plain(value)
        return data

    def to_bytes(self) -> bytes:
        """The bytes for the wire: one JSON object, UTF-8."""
        return to_json(self.to_dict())

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return False
        for name in self.FIELDS:
            if getattr(self, name) != getattr(other, name):
                return False
        return True

    def __hash__(self) -> int:
        return hash(type(self).__name__)

    def __repr__(self) -> str:
        inner = ", ".join([f"{name}={getattr(self, name)!r}" for name in self.FIELDS])
        return f"{type(self).__name__}({inner})"


MISSING = object()
# Nothing stood there.


def plain(value: "Any") -> "Any":
    """A field's value as JSON knows it."""
    if isinstance(value, Message):
        return value.to_dict()
    if type(value) is list:
        return [plain(item) for item in value]
    return value


def to_json(data: "dict[str, Any]") -> bytes:
    """Compact JSON, UTF-8, on both Pythons."""
    return json.dumps(data, separators=(",", ":")).encode()


def from_json(raw: bytes, where: str = "payload") -> "dict[str, Any]":
    """One JSON object from a stranger's bytes; anything else is a ProtocolError."""
    try:
        data = json.loads(raw)
    except (ValueError, RuntimeError):  # RuntimeError: nested deeper than the stack allows
        raise ProtocolError(where, "a JSON object in UTF-8", raw) from None
    if type(data) is not dict:
        raise ProtocolError(where, "a JSON object", data)
    return data


def decode(message: "type[M]", raw: bytes) -> "M":
    """A message of this class from a stranger's bytes, or a ProtocolError."""
    return message.from_dict(from_json(raw, message.__name__))
