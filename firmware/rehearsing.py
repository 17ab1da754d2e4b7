"""What a release on trial must be able to do before it is kept: the work of its roles, once, with nobody to see it.

No number is used, nothing is told to the fleet, and what would go to a printer goes nowhere. It is lent.
"""

import asyncio

from firmware.roles.ticket_printer import TicketPrinter
from firmware.sparing import const
from protocols.event import encode_event

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_DAY_MS = const(86_400_000)
_REASON_LETTERS = const(60)


class NoLine:
    """A serial line that nobody hears."""

    def take(self) -> bytes:
        """Nothing ever comes back."""
        return b""

    def write(self, data: bytes) -> None:
        """It is thrown away."""

    async def drain(self) -> None:
        """Other tasks have their turn, as while a line is slow."""
        await asyncio.sleep_ms(0)


async def trouble(device) -> "tuple[str, bool] | None":  # type: ignore[no-untyped-def]
    """(what did not work, whether it never will); None where all did. For want of memory it may work later."""
    for wiring in device.wirings:
        try:
            if hasattr(wiring, "rehearse"):
                await wiring.rehearse()
        except Exception as err:
            role = type(wiring).__name__.replace("Wiring", "").lower()
            return ("%s: %s: %s" % (role, type(err).__name__, err))[:_REASON_LETTERS], not isinstance(err, MemoryError)
    return None


async def in_turn(device, poke) -> None:  # type: ignore[no-untyped-def]
    """Have the printer's own task rehearse, between two people. Raises what that raised."""
    heard: "dict[str, Any]" = {"done": asyncio.Event()}
    device.orders.append(("", "rehearse", heard))
    poke()
    await heard["done"].wait()
    if "error" in heard:
        raise heard["error"]


def ticket(device, leases):  # type: ignore[no-untyped-def]
    """(the ticket, its lease, the service's name) of the first key; its events were written as they would be kept."""
    from protocols.ticket_events import TicketPrinted

    up, role = device.clock.up(), TicketPrinter()
    at = device.clock.at(up)
    services = device.config.services
    service, name = (services[0].service, services[0].name) if services else ("a", "A")
    lease = leases.lease_for(service, at) or invented(service)
    role.has_priority(up)
    taken = role.ticket(lease, lease.first, up, at)
    encode_event(taken)
    encode_event(TicketPrinted(service=service, number=lease.first, up=up, at=at))
    return taken, lease, name


def invented(service: str):  # type: ignore[no-untyped-def]
    """A lease for a printer that holds none; nothing is ever printed under it."""
    from protocols.printer_state import Lease

    day = {"day": "2026-01-01", "since": 0, "expires": _DAY_MS}
    return Lease(id="none", service=service, prefix="A", first=1, last=1, secret="00" * 16, **day)
