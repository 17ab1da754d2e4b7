"""What the troubles of devices cost residents, and which parts are silent while their counter serves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from fleet.domain.day import day_of, later
from fleet.domain.device_problems import ONLINE, Problem, Silenced
from fleet.domain.devices_now import DeviceNow
from fleet.domain.impact import Concerned, delayed_per_hour, disables
from fleet.domain.silent_parts import silence
from fleet.store import impact_facts, places
from fleet.store.impact_facts import Heard

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
WEEKS = 4
HEARD_DAYS = 14
REMEMBERED_MS = 10 * 60_000
# So old may be what was read of an office's visits: a silence grows by one with each visit.


@dataclass(frozen=True)
class Coming:
    """By service: how many are to come in the next hour, and how many wait."""

    arriving: Mapping[str, float]
    waiting: Mapping[str, int]


class Silences:
    """Which parts are silent; remembers for some minutes what it found at an office."""

    def __init__(self) -> None:
        self.known: dict[str, tuple[int, dict[str, tuple[Silenced, ...]]]] = {}

    def at(self, connection: Connection, office: str, timezone: str, now_ms: int) -> dict[str, tuple[Silenced, ...]]:
        """By counter of this office, what is silent there."""
        until_ms, found = self.known.get(office, (0, {}))
        if not until_ms - REMEMBERED_MS <= now_ms < until_ms:
            found = silenced(impact_facts.heard(connection, office, later(day_of(now_ms, timezone), -HEARD_DAYS)))
            self.known[office] = now_ms + REMEMBERED_MS, found
        return found


def silenced(heard: Heard) -> dict[str, tuple[Silenced, ...]]:
    """By counter, which of its parts are silent."""
    found = {}
    for counter, (rated, scanned) in heard.items():
        both = (("rating", silence(rated)), ("reader", silence(scanned)))
        found[counter] = tuple(Silenced(role, one.n, one.expected, one.since_ms) for role, one in both if one)
    return found


def ranked(connection: Connection, found: Sequence[DeviceNow], now_ms: int) -> list[DeviceNow]:
    """The devices, each with its troubles, those first that delay most residents."""
    by_office: dict[str, list[DeviceNow]] = {}
    for one in found:
        if one.office is not None and not one.revoked:
            by_office.setdefault(one.office, []).append(one)
    troubled = {office for office, its in by_office.items() if any(one.problems for one in its)}
    changed: dict[str, DeviceNow] = {}
    for office in sorted(troubled):
        row = places.office(connection, office)
        timezone = "Asia/Ho_Chi_Minh" if row is None else row.timezone
        coming, skills = coming_to(connection, office, timezone, now_ms), places.skills(connection, office)
        for one in by_office[office]:
            if one.problems:
                whom = concerned(one, by_office[office], coming, skills)
                changed[one.id] = replace(one, problems=in_order(one, whom))
    return [changed.get(one.id, one) for one in found]


def in_order(device: DeviceNow, whom: Concerned) -> tuple[Problem, ...]:
    """Its troubles with what they cost, the costliest first."""
    found = [replace(one, delayed=delayed_per_hour(one.trouble, device.roles, whom)) for one in device.problems]
    return tuple(sorted(found, key=lambda one: (-one.delayed, -one.harm)))


def coming_to(connection: Connection, office: str, timezone: str, now_ms: int) -> Coming:
    """As in this hour of the last four weeks; where nothing is known of these, as in the last hour."""
    sums: dict[str, float] = {}
    weeks = [came_at(connection, office, timezone, now_ms - week * 7 * DAY_MS) for week in range(1, WEEKS + 1)]
    known = [one for one in weeks if one] or [came_at(connection, office, timezone, now_ms - HOUR_MS)]
    for one in known:
        for service, n in one.items():
            sums[service] = sums.get(service, 0.0) + n / len(known)
    return Coming(sums, impact_facts.waiting(connection, office, day_of(now_ms, timezone)))


def came_at(connection: Connection, office: str, timezone: str, from_ms: int) -> dict[str, int]:
    """By service, how many came in the hour from then on."""
    return impact_facts.came(connection, office, day_of(from_ms, timezone), from_ms, from_ms + HOUR_MS)


def concerned(
    device: DeviceNow, at_office: Sequence[DeviceNow], coming: Coming, skills: Mapping[str, Mapping[str, bool]]
) -> Concerned:
    """Whom a device serves: everybody in the lobby, those of its counter's services at a counter."""
    own = None if device.counter is None else skills.get(device.counter, {}).keys()

    def sums(numbers: Mapping[str, float]) -> float:
        return sum(n for service, n in numbers.items() if own is None or not service or service in own)

    def stands_in(other: DeviceNow) -> bool:
        theirs = None if other.counter is None else skills.get(other.counter, {}).keys()
        return own is None or theirs is None or not own or bool(own & theirs)

    others = {
        role: sum(
            role in one.roles and one.id != device.id and stands_in(one) and works(one, role) for one in at_office
        )
        for role in device.roles
    }
    return Concerned(sums(coming.arriving), int(sums(coming.waiting)), others)


def works(device: DeviceNow, role: str) -> bool:
    """Whether it can take over for another of this role."""
    return device.presence == ONLINE and not any(disables(one.trouble, role) for one in device.problems)
