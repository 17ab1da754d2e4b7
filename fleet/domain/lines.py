"""A day's events in one order, and parted into lines: what one line says does not depend on any other line's events.

What happened at a counter tells its visits; badges tell whose they are; a number's tickets and visits tell where its
holder is; presses and answers are tied to visits, and reasons to presses. So an event that comes late is read again
with its own line, and with what is tied to that.
"""

from collections.abc import Iterable
from dataclasses import replace

from fleet.domain.linked import Happened
from protocols import events

AT_COUNTER = (
    events.NumberCalled,
    events.NumberRecalled,
    events.NoShow,
    events.VisitFinished,
    events.Transferred,
    events.Parked,
    events.Resumed,
    events.Paused,
    events.CodeScanned,
    events.WentOn,
    events.Undone,
)
OF_A_NUMBER = (events.TicketTaken, events.CheckedIn, events.Returned, events.Replaced, events.DayClosed)
READ = (*AT_COUNTER, *OF_A_NUMBER, events.RatingGiven, events.RatingReason, events.QuestionAnswered)
KINDS = tuple(sorted(event.KIND for event in READ))
# Linking reads these; what a device tells of itself orders nothing and is left aside.

ALONE = "alone"
# The line of what has nothing to do with any other event.
STAFF = "staff"
# The badges of the staff, at whatever counter: who signs in at one signs out at another.


def in_order(happened: Iterable[Happened]) -> list[Happened]:
    """One order for a set of events: by time, but within one boot by number whatever its clock said meanwhile.

    What linking does not read is left out, and the same identity twice counts once.
    """
    unique = {(one.device, one.epoch, one.boot, one.seq): one for one in happened if isinstance(one.event, READ)}
    latest: dict[tuple[str, int, int], int] = {}
    ordered = []
    for (device, epoch, boot, _), one in sorted(unique.items()):
        life = (device, epoch, boot)
        latest[life] = max(latest.get(life, one.happened_ms), one.happened_ms)
        ordered.append(one if one.happened_ms == latest[life] else replace(one, happened_ms=latest[life]))
    return sorted(ordered, key=lambda one: one.position)


def line_of(one: Happened) -> str:
    """The line that an event is read with."""
    event = one.event
    if isinstance(event, OF_A_NUMBER):
        return number_line(event.service, event.number)
    if isinstance(event, events.RatingGiven):
        if event.armed is not None:
            return finish_line(event.armed)
        return ALONE if one.counter is None or one.estimated else press_line(one.counter)
    if isinstance(event, events.RatingReason):
        return ALONE if event.rating is None else reason_line(event.rating)
    if isinstance(event, events.QuestionAnswered):
        return answer_line(event.finish)
    if isinstance(event, events.CodeScanned) and event.what == "badge" and one.counter is not None:
        return ALONE if event.badge_hash is None else STAFF
    return ALONE if one.counter is None else counter_line(one.counter)


def counter_line(counter: str) -> str:
    """What clerks did at a counter."""
    return f"counter/{counter}"


def number_line(service: str, number: int) -> str:
    """The tickets of a number, and what became of it without a counter."""
    return f"number/{number}/{service}"


def finish_line(finish: str) -> str:
    """The presses that name this finish."""
    return f"finish/{finish}"


def press_line(counter: str) -> str:
    """The presses at a counter that name no finish."""
    return f"press/{counter}"


def reason_line(rating: str) -> str:
    """What was said to be the cause of this rating."""
    return f"reason/{rating}"


def answer_line(finish: str) -> str:
    """What was answered to the question after this finish."""
    return f"answer/{finish}"
