"""The visits of a day while it is linked: those in the tables, and over them those that are others now."""

from collections.abc import Callable, Collection, Iterable, Sequence

from fleet.domain.linked import VisitSeen
from fleet.store.day_parts import VISITS, DayParts, Key


class VisitsAnew:
    """Visits as they are now; `save` writes those that differ. Dossiers are no part of this."""

    def __init__(self, parts: DayParts) -> None:
        self.parts = parts
        self.known: dict[str, VisitSeen] = {}
        self.now: dict[str, VisitSeen | None] = {}

    def of_ids(self, ids: Iterable[str]) -> dict[str, VisitSeen]:
        """Those of these visits that there are."""
        wanted = set(ids)
        self.note(self.parts.where(VISITS, ("id",), {(one,) for one in wanted - self.known.keys()}))
        found = {one: self.now.get(one, self.known.get(one)) for one in wanted}
        return {one: visit for one, visit in found.items() if visit is not None}

    def where(self, columns: Sequence[str], keys: Collection[Key]) -> list[VisitSeen]:
        """The visits whose columns are one of these keys."""
        found = self.parts.where(VISITS, columns, keys)
        return self.over(found, lambda one: tuple(getattr(one, name) for name in columns) in keys)

    def ended(self, counter: str, first_ms: int, last_ms: int) -> list[VisitSeen]:
        """The visits of a counter that ended from one moment to another."""
        found = self.parts.ended(counter, first_ms, last_ms)
        return self.over(found, lambda one: one.counter == counter and first_ms <= (one.finished_ms or 0) <= last_ms)

    def since(self, counter: str, ms: int) -> list[VisitSeen]:
        """The visits of a counter that were open at a moment, or later."""
        found = self.parts.since(counter, ms)
        return self.over(found, lambda one: one.counter == counter and (one.finished_ms or ms) >= ms)

    def put(self, visit: VisitSeen) -> None:
        """The visit is this now."""
        self.now[visit.id] = visit

    def remove(self, visit: str) -> None:
        """There is no such visit."""
        self.now[visit] = None

    def save(self) -> None:
        """Write what differs."""
        known = [visit for visit in self.known.values() if visit.id in self.now]
        self.parts.save(VISITS, known, [visit for visit in self.now.values() if visit is not None])

    def differing(self) -> tuple[list[VisitSeen], list[VisitSeen]]:
        """The visits that are others now: as they were, and as they are."""
        now = {one: visit for one, visit in self.now.items() if visit != self.known.get(one)}
        was = [self.known[one] for one in now if one in self.known]
        return was, [visit for visit in now.values() if visit is not None]

    def note(self, known: Iterable[VisitSeen]) -> None:
        """These are in the tables."""
        self.known |= {visit.id: visit for visit in known}

    def over(self, found: Iterable[VisitSeen], fits: Callable[[VisitSeen], bool]) -> list[VisitSeen]:
        """What was found in the tables, but for what is otherwise now."""
        found = list(found)
        self.note(found)
        now = [visit for visit in self.now.values() if visit is not None and fits(visit)]
        return [visit for visit in found if visit.id not in self.now] + now
