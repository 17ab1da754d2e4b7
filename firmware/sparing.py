"""What spares RAM: numbers without names, and code that goes when it has done its work."""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeVar

    T = TypeVar("T")

PRESENCE = "protocols.welcome"
# What `presenting` needs.
CUTTING = "protocols.parts"
# What `telling_roles` needs.
KEYS = ("protocols.sealing", "protocols.signing")
# What `keeping_keys` needs.
WISHES = ("protocols.want", "protocols.counter_state")
# What `wishing` needs.


def const(value: "T") -> "T":
    """In `_NAME = const(5)` the compiler of the boards puts the value where the name stands, and keeps no name."""
    return value


def lent(module: str, *with_it: str):  # type: ignore[no-untyped-def]
    """The module of this name in `firmware`, for one use: nothing but the caller holds it.

    It stays as long as an object of one of its classes does. `with_it`: modules that nobody else needs, by their whole
    names; they go with it.
    """
    name = "firmware." + module
    fresh = [one for one in (name,) + with_it if one not in sys.modules]
    __import__(name)
    found = sys.modules[name]
    if sys.implementation.name == "micropython":
        for one in fresh:
            del sys.modules[one]
            above, _, last = one.rpartition(".")
            delattr(sys.modules[above], last)
    return found
