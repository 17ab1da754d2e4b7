"""Orders of people to a device, and its answers. A device that was told twice does it once, and answers twice.

    identify    arguments `seconds`, 1 to 60: its lamps and displays say where it stands
    test_print  a page of all ways to print
    restart     arguments `boot`, the boot that shall end: all that waits is sent first, and no ticket is cut in two
    take        arguments `service`, and `priority` true: the next number is printed, as if its key were pressed
    log, clock, snapshot   only ask: `protocols.reports` says what, and what is answered

Why it was not done is one of these words: `late` (it came after `not_after`, or that boot is over), `unknown_verb`,
`bad_arguments`, `no_printer`, `unknown_service`, `no_numbers`, `no_paper`, `printer` (`found` says what is wrong with
it), `full` (no room for another event), `too_soon` (it still does the last ones).
"""

from protocols.message import MAYBE_COUNT, WORD, Message, Text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Command(Message):
    """An order. A repeated id gets the stored answer again and has no second effect."""

    FIELDS = {"id": Text(40), "verb": WORD, "arguments": dict, "not_after": MAYBE_COUNT}

    id: str
    verb: str
    arguments: "dict[str, Any]" = {}
    not_after: "int | None" = None
