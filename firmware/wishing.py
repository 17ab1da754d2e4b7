"""A wish of this device in the words of the contract. It is lent, with the modules of those words (`WISHES`)."""

from protocols.counter_state import TicketNumber
from protocols.want import WANT_HOLDS_MS, Want


def wish(  # type: ignore[no-untyped-def]
    device,
    number: int,
    what: str,
    service: "str | None",
    called: "tuple[str, int] | None",
    reserve: "int | None" = None,
) -> None:
    """Say it. `called`: service and number that were called last; `reserve`: the one that is held."""
    at = device.clock.at()
    not_after = at + WANT_HOLDS_MS if at is not None else None
    last = None if called is None else TicketNumber(service=called[0], number=called[1])
    device.say(
        "want", Want(id=number, want=what, service=service, not_after=not_after, called=last, reserve=reserve), 1
    )
