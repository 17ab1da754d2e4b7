"""What differs between two readings of a day: what is new, what is gone, and what is otherwise."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from fleet.domain.linked import Day, VisitSeen

PARTS: dict[str, Callable[[Any], Any]] = {
    "tickets": lambda one: (one.service, one.number),
    "visits": lambda one: one.id,
    "ratings": lambda one: one.id,
    "reasons": lambda one: one.id,
    "unlinked": lambda one: one.id,
    "sessions": lambda one: one.id,
    "counters": lambda one: one.counter,
}


@dataclass(frozen=True)
class PartDiff:
    """What differs in one part of a day. `changed` are pairs: as it was, as it is."""

    part: str
    added: tuple[Any, ...]
    gone: tuple[Any, ...]
    changed: tuple[tuple[Any, Any], ...]

    def fields(self) -> dict[str, int]:
        """How often which field is otherwise."""
        counts: dict[str, int] = {}
        for was, now in self.changed:
            for name in vars(now):
                if getattr(was, name) != getattr(now, name):
                    counts[name] = counts.get(name, 0) + 1
        return counts


def differences(was: Day, now: Day) -> list[PartDiff]:
    """The parts of a day that are otherwise; none for days that are the same."""
    found = []
    for part, key in PARTS.items():
        before = {key(one): one for one in settled(getattr(was, part))}
        after = {key(one): one for one in settled(getattr(now, part))}
        diff = PartDiff(
            part=part,
            added=tuple(one for name, one in after.items() if name not in before),
            gone=tuple(one for name, one in before.items() if name not in after),
            changed=tuple((before[name], one) for name, one in after.items() if before.get(name, one) != one),
        )
        if diff.added or diff.gone or diff.changed:
            found.append(diff)
    return found


def settled(values: Iterable[Any]) -> Iterable[Any]:
    """The values; dossiers that were scanned in the same moment stand in one order."""
    for one in values:
        if isinstance(one, VisitSeen):
            yield replace(one, dossiers=tuple(sorted(one.dossiers, key=lambda dossier: dossier[::-1])))
        else:
            yield one
