"""Batches as nearly all devices send them, read at less than half of the price of reading any bytes.

`msgspec` checks an event by a shape that is made of the contract's FIELDS. Whatever it does not take, and whatever its
JSON might be written differently for, is left to `protocols`, which takes it or says in a sentence what is wrong: so
nothing is decided here but that an event is right.
"""

import json
from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated, Any, Literal, NamedTuple

import msgspec

from fleet.domain import timing
from fleet.domain.coverage import Stretch
from protocols.batches import VERSION
from protocols.event import Event
from protocols.events import EVENTS, FLEET_ONLY, CodeScanned, RatingGiven, decode_event
from protocols.message import BIGGEST, TEXT_AT_MOST, Range, Text

Count = Annotated[int, msgspec.Meta(ge=0, le=BIGGEST)]
AT_MOST = {"up": timing.LONGEST_UP_MS, "at": timing.LATEST_MS}
# Beyond it an event belongs to no day, and is refused in a sentence.
BY_PEOPLE = (CodeScanned, *FLEET_ONLY)
# A code has rules of its own, and no board may say what is the fleet's.


class NoShape(Exception):
    """Of this specification no shape is made."""


class Said(NamedTuple):
    """An event of a batch: its number, its JSON in the one form in which it is kept, and what it says.

    `reason` where it could not be read: then there is no event, but its JSON.
    """

    seq: int
    body: str
    event: Event | None
    reason: str | None = None


class Told(NamedTuple):
    """A batch: the lowest number that its device still holds, and its events in their order."""

    oldest: int
    events: list[Said]

    @property
    def stretch(self) -> Stretch:
        """The first and the last number that it speaks for."""
        return self.events[0].seq, self.events[-1].seq


Opened = tuple[int, int, Told]
# The epoch and the boot that a batch says it is of, and the batch.


class Head(msgspec.Struct, gc=False):
    """A batch whose events are still plain values."""

    epoch: Count
    boot: Count
    oldest: Count
    events: list[dict[str, Any]]
    v: Annotated[int, msgspec.Meta(ge=VERSION, le=VERSION)] = VERSION


def read_quickly(raw: bytes) -> Opened | None:
    """The batch in these bytes; None if it takes more care to read."""
    # What JSON may write in two ways: letters beyond ASCII, what is escaped, and DEL.
    if not raw.isascii() or b"\\" in raw or b"\x7f" in raw:
        return None
    try:
        head = HEADS.decode(raw)
        events = [said(data) for data in head.events]
    except (msgspec.MsgspecError, NoShape, KeyError, TypeError):
        return None
    if len(events) != 1 and not is_in_order(events):
        return None
    return head.epoch, head.boot, Told(head.oldest, events)


def is_in_order(events: Sequence[Said]) -> bool:
    """Whether there are any, each of a higher number than the one before."""
    return bool(events) and all(one.seq < other.seq for one, other in pairwise(events))


def said(data: dict[str, Any]) -> Said:
    """One event. Raises KeyError, TypeError, msgspec.ValidationError, NoShape."""
    event = made(data, SHAPES)
    return Said(data["seq"], BODIES.encode(data).decode(), event)


def read_event(body: str) -> Event:
    """An event by the JSON that is kept of it. Raises ProtocolError."""
    try:
        return made(msgspec.json.decode(body), OF_ALL)
    except (msgspec.MsgspecError, NoShape, KeyError, TypeError):
        return decode_event(json.loads(body))


def made(data: dict[str, Any], shapes: "Shapes") -> Event:
    """The event that plain values say, which it keeps. Raises KeyError, TypeError, msgspec.ValidationError, NoShape."""
    kind, shape, fields = shapes[data["kind"]]
    msgspec.convert(data, shape)
    event = object.__new__(kind)
    # Nobody else has these values; what is none of an event's would lie before its methods.
    event.__dict__ = data if data.keys() <= fields else {name: data[name] for name in fields & data.keys()}
    if kind is RatingGiven and event.score > event.scale:  # type: ignore[attr-defined]
        raise NoShape
    return event


def no_floats(_text: str) -> float:
    """No field is one, and they are written in many ways."""
    raise NoShape


def shape_of(kind: type[Event]) -> Any:
    """A type of msgspec's that takes just what this kind of event takes. Raises NoShape."""
    fields: list[Any] = [("seq", Count)]
    for name, spec in kind.FIELDS.items():
        its = value_of(spec if name not in AT_MOST else within(spec, AT_MOST[name]))
        fields.append((name, its, getattr(kind, name)) if hasattr(kind, name) else (name, its))
    return msgspec.defstruct(kind.__name__, fields, kw_only=True, gc=False)


def within(spec: Any, most: int) -> Any:
    """The same specification of a number, up to this one."""
    if isinstance(spec, tuple):
        return tuple(within(one, most) for one in spec)
    return Range(spec.low, min(spec.high, most)) if isinstance(spec, Range) else spec


def value_of(spec: Any) -> Any:
    """What may stand in a field. Raises NoShape for what is made of other messages, and for lists."""
    if isinstance(spec, Range):
        return Annotated[int, msgspec.Meta(ge=spec.low, le=spec.high)]
    if spec is bool or spec is None:
        return spec
    if spec is str or isinstance(spec, Text):
        return Annotated[str, msgspec.Meta(max_length=spec if isinstance(spec, Text) else TEXT_AT_MOST)]
    if isinstance(spec, tuple) and all(one is None or isinstance(one, str) for one in spec):
        return Literal[spec]
    if isinstance(spec, str):
        return Literal[spec]
    if isinstance(spec, tuple) and len(spec) == 2 and spec[1] is None:
        return value_of(spec[0]) | None
    raise NoShape


Shapes = dict[str, tuple[type[Event], Any, frozenset[str]]]


def shapes() -> Shapes:
    """By kind, for all that have a shape; with all names that may stand in its JSON."""
    found: Shapes = {}
    for name, kind in EVENTS.items():
        try:
            found[name] = kind, shape_of(kind), frozenset({"kind", "seq", *kind.FIELDS})
        except NoShape:
            continue
    return found


OF_ALL = shapes()
SHAPES = {name: shape for name, shape in OF_ALL.items() if not issubclass(shape[0], BY_PEOPLE)}
HEADS = msgspec.json.Decoder(Head, float_hook=no_floats)
BODIES = msgspec.json.Encoder(order="sorted")
