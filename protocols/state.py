"""`down/state`: everything live that a device is told.

Every part of the state says until when it holds (`expires`, UTC milliseconds). A state carries any of the parts; a part
that is absent stays as it was. States may overtake each other, since several processes of the fleet say them: a device
leaves aside a part whose version is not higher than that of the last state with this part.

The parts lie in modules by whom they are told; a device takes a state apart (`parts.py`) and reads those of its roles.
"""

from protocols.config import Config, ServiceKey
from protocols.counter_state import Reserve, Show, TicketNumber
from protocols.message import COUNT, Message
from protocols.printer_state import Lease, Queue, ServiceQueue
from protocols.rating_state import Armed
from protocols.reader_state import DayKey, Tone

__all__ = [
    "Armed",
    "Config",
    "DayKey",
    "Lease",
    "Queue",
    "Reserve",
    "ServiceKey",
    "ServiceQueue",
    "Show",
    "State",
    "TicketNumber",
    "Tone",
]


class State(Message):
    """Everything live. `version` rises with each message to this device. `calls` have the fields of `Call`."""

    FIELDS = {
        "version": COUNT,
        "now": COUNT,
        "leases": ([Lease], None),
        "queue": (Queue, None),
        "reserve": (Reserve, None),
        "armed": (Armed, None),
        "show": (Show, None),
        "tone": (Tone, None),
        "day_key": ([DayKey], None),
        "calls": ([dict], None),
    }

    version: int
    now: int
    leases: "list[Lease] | None" = None
    queue: "Queue | None" = None
    reserve: "Reserve | None" = None
    armed: "Armed | None" = None
    show: "Show | None" = None
    tone: "Tone | None" = None
    day_key: "list[DayKey] | None" = None
    calls: "list[dict[str, str | int | bool]] | None" = None
