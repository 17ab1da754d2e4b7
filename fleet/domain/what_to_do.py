"""What a supervisor had best do now: a short list, the most urgent first, from what the system knows of the office.

Urgency, first to last: a printer has no paper, so nobody takes a number; people wait whom nobody will call; people wait
too long and a counter could help; an open counter does nothing while people wait; something at a counter is broken;
ratings say that something is wrong. Within one urgency what concerns more people comes first.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from fleet.domain.alert_sights import PAPER
from fleet.domain.alerts import Cause
from fleet.domain.office_now import CounterNow, OfficeNow, ServiceNow
from fleet.domain.wait_level import WaitLevel, wait_level

MOST = 5
# More are no short list.
WORTH_MIN, STEP_MIN = 3.0, 5
# What saves less is not worth a counter; what it saves is told in steps of five minutes.
WORKING = ("free", "serving")


class Act(StrEnum):
    """What is to be done."""

    PAPER = "paper"
    PRINTER = "printer"
    OPEN_FOR_NOBODY = "open_for_nobody"
    OPEN = "open"
    RESUME = "resume"
    HELP = "help"
    SILENT = "silent"
    DEVICES = "devices"
    RATINGS = "ratings"


URGENCY = {
    Act.PAPER: 0,
    Act.PRINTER: 4,
    Act.OPEN_FOR_NOBODY: 1,
    Act.OPEN: 2,
    Act.RESUME: 2,
    Act.HELP: 3,
    Act.SILENT: 3,
    Act.DEVICES: 4,
    Act.RATINGS: 5,
}


@dataclass(frozen=True)
class ToDo:
    """One thing to do. `counter`, `service` and `device` are ids for links, the `_name`s for people.

    `waiting` people are concerned, who wait about `saves_min` minutes less for it (None: nobody can say). `since_ms`:
    since when it is so.
    """

    act: Act
    waiting: int = 0
    counter: str = ""
    counter_name: str = ""
    service: str = ""
    service_name: str = ""
    device: str = ""
    saves_min: int | None = None
    since_ms: int | None = None
    n: int = 0
    calls: tuple[str, ...] = ()


def what_to_do(office: OfficeNow) -> tuple[ToDo, ...]:
    """The list, the most urgent first. A counter is named once, a service at most once for a counter to open."""
    found = [*of_alerts(office), *of_openings(office), *of_idle_counters(office), *of_devices(office)]
    found.sort(key=lambda one: (URGENCY[one.act], -one.waiting, -(one.saves_min or 0), one.counter, one.service))
    kept: list[ToDo] = []
    for one in found:
        if not any(one.counter and one.counter == other.counter for other in kept):
            kept.append(one)
    return tuple(kept[:MOST])


def of_alerts(office: OfficeNow) -> Iterator[ToDo]:
    """Printers that give no numbers, counters that are silent, ratings that are bad."""
    counters = {one.id: one for one in office.counters}
    for alert in office.alerts:
        if alert.calming:
            continue
        if alert.cause is Cause.PRINTER:
            act = Act.PAPER if alert.figures.get("what") == PAPER else Act.PRINTER
            yield ToDo(act, device=alert.where, since_ms=alert.opened_ms)
        elif alert.cause is Cause.SILENT:
            counter = counters.get(alert.subject)
            since_ms = alert.opened_ms if counter is None else counter.since_ms
            waiting = int(alert.figures.get("waiting", 0))
            yield ToDo(Act.SILENT, waiting, alert.subject, alert.where, since_ms=since_ms)
        elif alert.cause is Cause.RATINGS:
            yield ToDo(Act.RATINGS, n=int(alert.figures.get("bad", 0)))


def of_openings(office: OfficeNow) -> Iterator[ToDo]:
    """Counters that would shorten a wait that is too long, by what was played; or that alone can end it."""
    counters, played = {one.id: one for one in office.counters}, {one.service for one in office.openings}
    services = {one.id: one for one in office.services}
    for opening in office.openings:
        counter, service = counters.get(opening.counter), services.get(opening.service)
        if counter is None or service is None or counter.state in WORKING or not service.waiting:
            continue
        saves_min = None if opening.before_min is None else opening.before_min - opening.after_min
        if saves_min is not None and saves_min < WORTH_MIN:
            continue
        told = None if saves_min is None else max(STEP_MIN, round(saves_min / STEP_MIN) * STEP_MIN)
        yield to_open(counter, service, told, is_called(service, office))
    for service in office.services:
        if service.waiting and service.id not in played and not is_called(service, office):
            idle = next((one for one in office.counters if service.id in (*one.calls, *one.helps)), None)
            if idle is not None:
                yield to_open(idle, service, None, False)


def to_open(counter: CounterNow, service: ServiceNow, saves_min: int | None, called: bool) -> ToDo:
    """Have somebody call for a service at a counter where nobody does."""
    act = (
        Act.OPEN_FOR_NOBODY
        if not called or saves_min is None
        else Act.RESUME
        if counter.state == "paused"
        else Act.OPEN
    )
    return ToDo(act, service.waiting, counter.id, counter.name, service.id, service.name, saves_min=saves_min)


def is_called(service: ServiceNow, office: OfficeNow) -> bool:
    """Whether a counter that works calls for it; of an office whose counters say nothing of that, one does."""
    if not any(one.calls or one.helps for one in office.counters):
        return True
    return any(one.state in WORKING and service.id in (*one.calls, *one.helps) for one in office.counters)


def of_idle_counters(office: OfficeNow) -> Iterator[ToDo]:
    """Counters that are free with nobody waiting for them, while people wait too long for what others call for."""
    late = [one for one in office.services if level(one, office) is WaitLevel.LATE]
    idle = [one for one in office.counters if one.state == "free" and one.calls and not waits_for(one, office)]
    for service, counter in zip(sorted(late, key=lambda one: -one.waiting), idle, strict=False):
        yield ToDo(
            Act.HELP,
            service.waiting,
            counter.id,
            counter.name,
            service.id,
            service.name,
            since_ms=counter.since_ms,
            calls=counter.calls,
        )


def waits_for(counter: CounterNow, office: OfficeNow) -> bool:
    """Whether anybody waits whom this counter may call."""
    return any(one.waiting for one in office.services if one.id in (*counter.calls, *counter.helps))


def of_devices(office: OfficeNow) -> Iterator[ToDo]:
    """Counters that work, or should, with a device that is lost."""
    for counter in office.counters:
        if counter.devices_lost and counter.state != "closed":
            waiting = sum(one.waiting for one in office.services if one.id in counter.calls)
            yield ToDo(Act.DEVICES, waiting, counter.id, counter.name, n=counter.devices_lost)


def level(service: ServiceNow, office: OfficeNow) -> WaitLevel:
    """How the longest wait of a service stands."""
    return wait_level(service.oldest_ms, office.now_ms, service.target_wait_s)
