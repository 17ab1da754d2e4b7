"""Chooses what a board runs, before anything of it is imported: the application in a slot, or the factory's own.

`deciding` has the rules, `entering` does what they say. Neither they nor this file are part of an application: no
update changes them. What chooses goes when it has chosen, and leaves the board's memory to whom it chose.
"""

import gc
import sys

running: "str | None" = None
# The slot of this boot, "a" or "b"; None is the factory's application.


def choose(*entry: str) -> None:
    """Import these modules from the best image that has them; what is imported afterwards comes from there, too."""
    global running
    import board_flash
    import deciding
    import entering

    entering.leave(board_flash)
    running = entering.entered(board_flash, deciding, entry)
    for name in ("board_flash", "deciding", "entering"):
        del sys.modules[name]
    gc.collect()
