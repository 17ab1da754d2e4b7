"""Everything that can happen on a device, gathered for the fleet; what is said of it stands in the modules below."""

from protocols.answer_events import QuestionAnswered
from protocols.care_events import SelfTested, Updated
from protocols.counter_events import NoShow, NumberCalled, NumberRecalled, VisitFinished
from protocols.device_events import Booted, FaultSeen
from protocols.event import Event, encode_event
from protocols.message import ProtocolError, Range
from protocols.office_events import CheckedIn, DayClosed, Replaced, Returned, Undone, WentOn
from protocols.queue_events import NumberAssigned, Parked, Paused, Resumed, Transferred
from protocols.rating_events import RatingGiven, RatingReason
from protocols.review_events import RatingsReviewed
from protocols.scan_events import CodeScanned
from protocols.ticket_events import PaperSeen, PrintFailed, TicketPrinted, TicketTaken
from protocols.wording import described

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = [
    "EVENTS",
    "FLEET_ONLY",
    "decode_event",
    "encode_event",
    "Event",
    "TicketTaken",
    "TicketPrinted",
    "PrintFailed",
    "PaperSeen",
    "NumberAssigned",
    "NumberCalled",
    "NumberRecalled",
    "NoShow",
    "VisitFinished",
    "Transferred",
    "Parked",
    "Resumed",
    "Paused",
    "CheckedIn",
    "Returned",
    "Replaced",
    "DayClosed",
    "WentOn",
    "Undone",
    "CodeScanned",
    "RatingGiven",
    "RatingReason",
    "RatingsReviewed",
    "QuestionAnswered",
    "Booted",
    "FaultSeen",
    "SelfTested",
    "Updated",
]

EVENTS: "dict[str, type[Event]]" = {
    event.KIND: event
    for event in (
        TicketTaken,
        TicketPrinted,
        PrintFailed,
        PaperSeen,
        NumberAssigned,
        NumberCalled,
        NumberRecalled,
        NoShow,
        VisitFinished,
        Transferred,
        Parked,
        Resumed,
        Paused,
        CheckedIn,
        Returned,
        Replaced,
        DayClosed,
        WentOn,
        Undone,
        CodeScanned,
        RatingGiven,
        RatingReason,
        RatingsReviewed,
        QuestionAnswered,
        Booted,
        FaultSeen,
        SelfTested,
        Updated,
    )
}

FLEET_ONLY = (
    NumberAssigned,
    CheckedIn,
    Returned,
    Replaced,
    DayClosed,
    WentOn,
    Undone,
    RatingsReviewed,
    QuestionAnswered,
)
# What no board may say: the fleet's own decisions, and what people do on its pages.


def decode_event(data: "dict[str, Any]") -> Event:
    """The event that decoded JSON with its `kind` says, or a ProtocolError."""
    kind = data.get("kind")
    if type(kind) is not str or kind not in EVENTS:
        raise ProtocolError("event.kind", "one of the known kinds", kind)
    event = EVENTS[kind].from_dict(data)
    if isinstance(event, RatingGiven) and event.score > event.scale:
        raise ProtocolError("rating.score", described(Range(1, event.scale)), event.score)
    return event
