"""The ticket printer: a press becomes a number, an event and a paper. It decides; others keep, print and send."""

from firmware.sparing import const

TYPE_CHECKING = False
if TYPE_CHECKING:
    from protocols.printer_state import Lease
    from protocols.ticket_events import TicketTaken

PRIORITY = "priority"
_PRIORITY_HOLDS_MS = const(10_000)
_CITIZEN_HOLDS_MS = const(30_000)
# Long enough to put a card away and press; short enough that the next person does not inherit it.


class TicketPrinter:
    """What the next press gets."""

    def __init__(self) -> None:
        self._priority_until = 0
        self._citizen: "tuple[str | None, bool, int]" = (None, False, 0)

    def priority(self, up: int) -> bool:
        """The priority key: the next ticket has priority; pressed again, it has not. Returns which."""
        self._priority_until = 0 if up < self._priority_until else up + _PRIORITY_HOLDS_MS
        return self._priority_until > 0

    def has_priority(self, up: int) -> None:
        """The next ticket has priority, whatever the key said."""
        self._priority_until = up + _PRIORITY_HOLDS_MS

    def citizen(self, holder: "str | None", senior: bool, up: int) -> None:
        """A card was read at this board: the next ticket is its holder's."""
        self._citizen = (holder, senior, up + _CITIZEN_HOLDS_MS)

    def ticket(self, lease: "Lease", number: int, up: int, at: "int | None") -> "TicketTaken":
        """The number is taken; priority and card are used up."""
        from protocols.ticket_events import TicketTaken  # for a moment: memory is short

        holder, senior, until = self._citizen
        if up >= until:
            holder, senior = None, False
        priority = PRIORITY if up < self._priority_until else ""
        self._priority_until = 0
        self._citizen = (None, False, 0)
        return TicketTaken(
            service=lease.service,
            number=number,
            lease=lease.id,
            priority=priority,
            senior=senior,
            holder=holder,
            up=up,
            at=at,
        )
