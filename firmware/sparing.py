"""What spares RAM: numbers without names, and code that goes when it has done its work."""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeVar

    T = TypeVar("T")


def const(value: "T") -> "T":
    """In `_NAME = const(5)` the compiler of the boards puts the value where the name stands, and keeps no name."""
    return value


def lent(module: str):  # type: ignore[no-untyped-def]
    """The module of this name in `firmware`, for one use: nothing but the caller holds it.

    It stays as long as an object of one of its classes does.
    """
    name = "firmware." + module
    known = name in sys.modules
    __import__(name)
    found = sys.modules[name]
    if not known and sys.implementation.name == "micropython":
        del sys.modules[name]
        above, _, last = name.rpartition(".")
        delattr(sys.modules[above], last)
    return found
