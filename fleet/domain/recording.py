"""A recorded day as lines of JSON: first the office as it was, then each event as it came. docs/recordings.md

No holder's hash and no badge's hash is in it, nor anything that could lead to one.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from typing import Any

from fleet.domain.queue_policy import read_policy
from protocols.message import ProtocolError

FORMAT = "motcua-day"
VERSION = 1
SECRETS = ("holder", "badge_hash")


class BadRecording(ValueError):
    """A file that is no recording; the text says in which line, what was found and what was expected."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(f"line {line}: {problem}")
        self.line = line


@dataclass(frozen=True)
class Stand:
    """A device stood at a counter (None: in the lobby) from one moment to another."""

    device: str
    roles: tuple[str, ...]
    counter: str | None
    from_ms: int
    to_ms: int | None = None


@dataclass(frozen=True)
class Began:
    """When a boot of a device began, as far as the fleet knows; `sure` where several messages said so."""

    device: str
    epoch: int
    boot: int
    began_ms: int
    sure: bool = False


@dataclass(frozen=True)
class Came:
    """An event as it came. `office`, `counter`: where it belongs, if a server said it."""

    ms: int
    device: str
    epoch: int
    boot: int
    event: dict[str, Any]
    of_server: bool = False
    counter: str | None = None


@dataclass(frozen=True)
class Given:
    """The fleet gave a number to a counter: a decision, with what it rested on (tables/visits.py, Turn)."""

    assigned_ms: int
    counter: str
    device: str
    service: str
    number: int
    round: int
    want: int
    priority: bool
    since_ms: int


@dataclass(frozen=True)
class Ruled:
    """How the office called until a moment of the day (None: to its end). `queue`: its rules, as `queue_policy` takes
    them; `skills`: by counter its services, and whether it only helps with each.
    """

    until_ms: int | None
    queue: dict[str, Any]
    skills: dict[str, dict[str, bool]]
    scan_opens_visit: bool


@dataclass(frozen=True)
class Recording:
    """A day of an office. `services` are (id, prefix, name), `counters` (id, name, services)."""

    office: str
    name: str
    hotline: str
    timezone: str
    day: str
    scan_opens_visit: bool
    services: tuple[tuple[str, str, str], ...]
    counters: tuple[tuple[str, str, tuple[str, ...]], ...]
    stands: tuple[Stand, ...]
    boots: tuple[Began, ...]
    rules: tuple[Ruled, ...] = ()
    turns: tuple[Given, ...] = field(default=(), repr=False)
    events: tuple[Came, ...] = field(default=(), repr=False)


def write(recording: Recording) -> Iterator[str]:
    """The lines of a recording."""
    yield dumped(
        {
            "format": FORMAT,
            "v": VERSION,
            "office": recording.office,
            "name": recording.name,
            "hotline": recording.hotline,
            "timezone": recording.timezone,
            "day": recording.day,
            "scan_opens_visit": recording.scan_opens_visit,
            "services": [list(one) for one in recording.services],
            "counters": [[one, name, list(services)] for one, name, services in recording.counters],
            "stands": [vars(one) for one in recording.stands],
            "boots": [vars(one) for one in recording.boots],
            "rules": [vars(one) for one in recording.rules],
            "turns": [list(vars(one).values()) for one in recording.turns],
        }
    )
    for one in recording.events:
        place = {"server": True, "counter": one.counter} if one.of_server else {}
        event = {name: value for name, value in one.event.items() if name not in SECRETS}
        yield dumped(
            {"ms": one.ms, "device": one.device, "epoch": one.epoch, "boot": one.boot, **place, "event": event}
        )


def read(lines: Iterable[str]) -> Recording:
    """The recording that these lines are. Raises BadRecording."""
    head: Recording | None = None
    events = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            told = json.loads(line)
            if not isinstance(told, dict):
                raise ProtocolError("line", "an object", told)
            if head is None:
                head = read_head(told)
            else:
                events.append(read_event(told))
        except json.JSONDecodeError as problem:
            raise BadRecording(number, f"expected JSON, found {problem.msg.lower()}") from None
        except ProtocolError as problem:
            raise BadRecording(number, str(problem)) from None
    if head is None:
        raise BadRecording(1, "expected a recorded day, found nothing")
    return Recording(**{**vars(head), "events": tuple(sorted(events, key=lambda one: one.ms))})


def read_head(told: dict[str, Any]) -> Recording:
    """The first line. Raises ProtocolError."""
    if told.get("format") != FORMAT or told.get("v") != VERSION:
        raise ProtocolError("format", f"{FORMAT}, v {VERSION}", told.get("format"))
    try:
        services = tuple((str(one), str(prefix), str(name)) for one, prefix, name in told["services"])
        counters = tuple((str(one), str(name), tuple(map(str, skills))) for one, name, skills in told["counters"])
        stands = tuple(read_stand(one) for one in told["stands"])
        boots = tuple(read_began(one) for one in told["boots"])
        rules = tuple(read_ruled(one) for one in told.get("rules", ()))
        turns = tuple(read_given(one) for one in told.get("turns", ()))
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise ProtocolError("head", "services, counters, stands and boots", str(problem)) from None
    return Recording(
        office=text(told, "office"),
        name=text(told, "name"),
        hotline=text(told, "hotline"),
        timezone=text(told, "timezone"),
        day=text(told, "day"),
        scan_opens_visit=bool(told.get("scan_opens_visit")),
        services=services,
        counters=counters,
        stands=stands,
        boots=boots,
        rules=rules,
        turns=turns,
    )


def read_stand(told: dict[str, Any]) -> Stand:
    """A device's place. Raises ProtocolError, KeyError."""
    to_ms = told.get("to_ms")
    counter = told.get("counter")
    return Stand(
        device=text(told, "device"),
        roles=tuple(map(str, told["roles"])),
        counter=None if counter is None else text(told, "counter"),
        from_ms=number(told, "from_ms"),
        to_ms=None if to_ms is None else number(told, "to_ms"),
    )


def read_began(told: dict[str, Any]) -> Began:
    """A boot's beginning. Raises ProtocolError."""
    epoch, boot, began_ms = (number(told, name) for name in ("epoch", "boot", "began_ms"))
    return Began(text(told, "device"), epoch, boot, began_ms, bool(told.get("sure")))


def read_ruled(told: dict[str, Any]) -> Ruled:
    """What held of the rules. Raises ProtocolError, KeyError, BadPolicy (a ValueError)."""
    read_policy(told["queue"])
    until_ms = told["until_ms"]
    return Ruled(
        until_ms=None if until_ms is None else number(told, "until_ms"),
        queue=told["queue"],
        skills={counter: {one: bool(helps) for one, helps in of.items()} for counter, of in told["skills"].items()},
        scan_opens_visit=bool(told.get("scan_opens_visit")),
    )


def read_given(told: list[Any]) -> Given:
    """A turn. Raises ProtocolError."""
    names = [one.name for one in fields(Given)]
    if not isinstance(told, list) or len(told) != len(names):
        raise ProtocolError("turns", f"lists of {', '.join(names)}", told)
    said = dict(zip(names, told, strict=True))
    return Given(
        assigned_ms=number(said, "assigned_ms"),
        counter=text(said, "counter"),
        device=text(said, "device"),
        service=text(said, "service"),
        number=number(said, "number"),
        round=number(said, "round"),
        want=number(said, "want"),
        priority=bool(said["priority"]),
        since_ms=number(said, "since_ms"),
    )


def read_event(told: dict[str, Any]) -> Came:
    """A later line. Raises ProtocolError."""
    event = told.get("event")
    if not isinstance(event, dict) or type(event.get("seq")) is not int:
        raise ProtocolError("event", "an object with its seq", event)
    counter = told.get("counter")
    ms, epoch, boot = (number(told, name) for name in ("ms", "epoch", "boot"))
    return Came(ms, text(told, "device"), epoch, boot, event, bool(told.get("server")), counter)


def number(told: dict[str, Any], name: str) -> int:
    """A number of a line. Raises ProtocolError."""
    if type(told.get(name)) is not int:
        raise ProtocolError(name, "a number", told.get(name))
    return int(told[name])


def text(told: dict[str, Any], name: str) -> str:
    """A text of a line. Raises ProtocolError."""
    if not isinstance(told.get(name), str):
        raise ProtocolError(name, "a text", told.get(name))
    return str(told[name])


def dumped(told: dict[str, Any]) -> str:
    """A line, the same for the same values."""
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))
