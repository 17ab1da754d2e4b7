"""Code that is needed for a moment: it leaves the heap afterwards, and is read from flash when it is needed again."""

import gc
import sys


def let_go(*packages: str) -> None:
    """Forget these packages of the firmware with all their modules. Who imports one again gets a fresh one.

    On a board only: elsewhere there is room, and others hold their classes, which must stay the same.
    """
    for package in packages if sys.implementation.name == "micropython" else ():
        for name in [one for one in sys.modules if one == package or one.startswith(package + ".")]:
            del sys.modules[name]
        above, _, last = package.rpartition(".")
        if hasattr(sys.modules[above], last):
            delattr(sys.modules[above], last)
    gc.collect()
