"""What a printer tells a fleet that was restored: a lease that it holds. It lies apart, for it is rarely needed."""

from protocols.message import COUNT, Message, Range
from protocols.printer_state import Lease


class LeaseHeld(Message):
    """One of the `of` leases that this printer holds, and the next number of it; null from one that holds none.

    `generation` is that of the welcome that asked.
    """

    FIELDS = {"generation": COUNT, "of": COUNT, "lease": (Lease, None), "next": Range(1, 10_000)}

    generation: int
    of: int
    lease: "Lease | None" = None
    next: int = 1
