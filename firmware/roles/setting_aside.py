"""What a counter does now and then: park a resident, send one on, rest, and take up again what was set aside.

Each returns the event to be kept, or None where the key means nothing now.
"""

from firmware.roles.counter_keypad import CounterKeypad
from protocols.event import Event
from protocols.queue_events import Parked, Paused, Resumed, Transferred

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
