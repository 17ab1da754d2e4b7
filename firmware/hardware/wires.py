"""Which pin a line of the firmware has on this board: the board's table, and what `/pins.json` says otherwise.

A line has one place, for whatever roles a board has. Where two roles want the same pin, a service key gives way, for an
office rarely needs all twelve; between any other lines it is a mistake, and a sentence says what to do. A line whose
place is None has no pin: an input is never pressed, an output goes nowhere.
"""

from firmware.flash_files import read_json

PINS_FILE = "/pins.json"
GIVES_WAY = "service_"


class WireError(Exception):
    """A line can not have the place that it wants."""


class Wires:
    """The places of lines: a pin's number, or [UART, tx, rx, baud] of a serial line."""

    def __init__(self, table, root: str) -> None:  # type: ignore[no-untyped-def]
        self._table = table
        own = read_json(root + PINS_FILE)
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
        raise WireError("this board has no place for the line %s; %s can give it one" % (line, PINS_FILE))

    def claim(self, line: str):  # type: ignore[no-untyped-def]
        """Where the line lies; None if it has no pin, or gave way. Names of keys that gave way now: `released`."""
        place = self.place(line)
        self.released = []
        if place is None:
            return None
        for one in [place] if type(place) is int else ["uart %d" % place[0], place[1], place[2]]:
            other = self._taken.get(one, line)
            if other != line and line.startswith(GIVES_WAY):
                return None
            if other != line and not other.startswith(GIVES_WAY):
                what = "pin %d" % one if type(one) is int else one
                raise WireError("%s and %s both want %s; %s can move one" % (other, line, what, PINS_FILE))
            if other != line:
                self.released.append(other)
            self._taken[one] = line
        return place


def checked(line: str, place):  # type: ignore[no-untyped-def]
    """A place as somebody wrote it."""
    whole = type(place) in (list, tuple) and len(place) == 4 and all([type(one) is int for one in place])
    if place is None or type(place) is int or whole:
        return place
    raise WireError("%s: expected for %s a pin, or [UART, tx, rx, baud], or null" % (PINS_FILE, line))
