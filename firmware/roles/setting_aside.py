"""What a counter does now and then: park a resident, send one on, rest, and take up again what was set aside.

Each returns the event to be kept, or None where the key means nothing now.
"""

from firmware.roles.counter_keypad import CounterKeypad, Serving
from protocols.event import Event
from protocols.queue_events import Parked, Paused, Resumed, Transferred

TYPE_CHECKING = False
if TYPE_CHECKING:
    from protocols.counter_state import Show

MOST_PARKED = 9
# The display has room for one digit, and a counter that has set aside more has another problem.


def park(role: CounterKeypad, up: int, at: "int | None") -> "Event | None":
    """The resident comes back to this counter; somebody else may be called meanwhile."""
    one = role.serving
    if one is None or len(role.parked) >= MOST_PARKED:
        return None
    role.parked.append(one)
    role.serve(None)
    return Parked(service=one.service, number=one.number, up=up, at=at)


def transfer(role: CounterKeypad, up: int, at: "int | None") -> "Event | None":
    """The resident waits for another counter of the same service, under the same number."""
    one = role.serving
    if one is None:
        return None
    role.serve(None)
    return Transferred(service=one.service, number=one.number, up=up, at=at)


def pause(role: CounterKeypad, up: int, at: "int | None") -> "Event | None":
    """The counter calls nobody for a while."""
    if not role.may_ask():
        return None
    role.paused = True
    role.serve(None)
    return Paused(up=up, at=at)


def work(role: CounterKeypad, up: int, at: "int | None") -> "Event | None":
    """The counter works again."""
    role.paused = False
    role.serve(None)
    return Resumed(up=up, at=at)


def bring_back(role: CounterKeypad, up: int, at: "int | None") -> "Event | None":
    """Whoever was parked first is served again."""
    if not role.parked or not (role.paused or role.may_ask()):
        return None
    role.paused = False
    one = role.parked.pop(0)
    role.serve(one)
    return Resumed(service=one.service, number=one.number, up=up, at=at)


def follow(role: CounterKeypad, show: "Show", at: "int | None") -> bool:
    """A program did something at this counter: the keypad is as if its own keys had done it, and keeps no event.

    What is told of a number that this counter has left since is old, and so is what comes too late.
    """
    if at is not None and at >= show.expires:
        return False
    one = None
    if show.service is not None and show.number is not None:
        one = Serving(show.service, show.number, show.label)
    if show.doing == "serving":
        if one is None:
            return False
        role.parked = [other for other in role.parked if not same(other, one)]
        role.paused = False
        role.took_over(one)
        return True
    if role.serving is not None and not (one is not None and same(role.serving, one)):
        return False
    if show.doing == "parked" and one is not None and not [other for other in role.parked if same(other, one)]:
        role.parked.append(one)
    role.paused = show.doing == "paused"
    role.serve(None)
    return True


def same(one: Serving, other: Serving) -> bool:
    """Whether two are one number."""
    return (one.service, one.number) == (other.service, other.number)
