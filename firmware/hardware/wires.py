"""Which pin a line of the firmware has on this board: the board's table, and what `/pins.json` says otherwise.

A line has one place, for whatever roles a board has. Where two roles want the same pin, a service key gives way, for an
office rarely needs all twelve; between any other lines it is a mistake, and a sentence says what to do: the role that
comes second is left out, whole. A line whose place is None has no pin: an input is never pressed, an output goes
nowhere.
"""

from firmware.flash_files import read_json
from firmware.sparing import const

_PINS_FILE = const("/pins.json")
_GIVES_WAY = const("service_")
_SHIFTER_PINS = const(3)


class WireError(ValueError):
    """A line can not have the place that it wants. A ValueError, as the chip's own are: it knows no such pin."""


class Wires:
    """The places of lines: a pin's number, [UART, tx, rx, baud] of a serial line, [data, clock, select] of LEDs."""

    def __init__(self, table, root: str) -> None:  # type: ignore[no-untyped-def]
        self._table = table
        own = read_json(root + _PINS_FILE)
        self._own = own if type(own) is dict else {}
        self._taken: "dict[object, str]" = {}
        self.released: "list[str]" = []

    def place(self, line: str):  # type: ignore[no-untyped-def]
        """Where the line lies, whoever else may want to lie there. Raises WireError for one that is unknown here."""
        if line in self._own:
            return checked(line, self._own[line])
        for lines in self._table.values():
            if line in lines:
                return lines[line]
        raise WireError("this board has no place for the line %s; %s can give it one" % (line, _PINS_FILE))

    def claim(self, line: str):  # type: ignore[no-untyped-def]
        """Where the line lies; None if it has no pin, or gave way. Names of keys that gave way now: `released`."""
        place = self.place(line)
        self.released = []
        if place is None or not self._fits(line, place):
            return None
        for one in parts(place):
            other = self._taken.get(one, line)
            if other != line:
                self.released.append(other)
            self._taken[one] = line
        return place

    def taken(self) -> "list[str]":
        """The lines that have a place now."""
        return sorted(set(self._taken.values()))

    def check(self, role: str) -> None:
        """Raise WireError where a line of this role can not have its place; none of them is claimed yet."""
        for line in self._table.get(role, ()):
            place = self.place(line)
            if place is not None:
                self._fits(line, place)

    def _fits(self, line: str, place) -> bool:  # type: ignore[no-untyped-def]
        """Whether the line gets this place; WireError where neither it nor the line that lies there gives way."""
        for one in parts(place):
            other = self._taken.get(one, line)
            if other != line and line.startswith(_GIVES_WAY):
                return False
            if other != line and not other.startswith(_GIVES_WAY):
                what = "pin %d" % one if type(one) is int else one
                raise WireError("%s and %s both want %s; %s can move one" % (other, line, what, _PINS_FILE))
        return True


def parts(place):  # type: ignore[no-untyped-def]
    """What of the chip this place takes."""
    if type(place) is int:
        return [place]
    return place if len(place) == _SHIFTER_PINS else ["uart %d" % place[0], place[1], place[2]]


def clash(table, root: str, roles) -> "str | None":  # type: ignore[no-untyped-def]
    """Why these roles can not be on one board, in a sentence; None if each line finds its place."""
    wires = Wires(table, root)
    try:
        for role in roles:
            for line in table.get(role, ()):
                wires.claim(line)
    except WireError as err:
        return str(err)
    return None


def checked(line: str, place):  # type: ignore[no-untyped-def]
    """A place as somebody wrote it."""
    whole = type(place) in (list, tuple) and len(place) in (3, 4) and all([type(one) is int for one in place])
    if place is None or type(place) is int or whole:
        return place
    raise WireError(
        "%s: expected for %s a pin, or [UART, tx, rx, baud], or [data, clock, select], or null" % (_PINS_FILE, line)
    )
