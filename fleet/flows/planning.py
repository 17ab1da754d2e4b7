"""What supervisors may choose from when they plan, and their questions answered now."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from fleet.flows.office_knowledge import calling_counters
from fleet.flows.past_days import Memory
from fleet.flows.staffing import Suggested, suggest_staffing
from fleet.flows.what_if import Answer, Question, ask
from fleet.store import places
from fleet.store.places import OfficeRow


@dataclass(frozen=True)
class Choices:
    """What can be chosen at an office: its services and the counters that call, by their ids."""

    name: str
    services: Mapping[str, str]
    counters: Mapping[str, str]


class Planning:
    """Questions of people who plan; `clock` gives UTC milliseconds."""

    def __init__(self, memory: Memory, clock: Callable[[], int]) -> None:
        self.memory = memory
        self.clock = clock

    def choices(self, office: str) -> Choices | None:
        """What there is to choose from; None if there is no such office."""
        with self.memory.store.reading() as connection:
            row = places.office(connection, office)
            if row is None:
                return None
            names = {one.id: one.name for one in places.counters(connection, office)}
            return Choices(
                row.name,
                {one.id: one.name for one in places.services(connection, office)},
                {one: names[one] for one in calling_counters(connection, office)},
            )

    def ask(self, office: str, question: Question, day: date | None) -> Answer:
        """What a change would do. Raises BadQuestion and Busy."""
        return ask(self.memory, self.row(office), question, day, self.clock())

    def suggest(self, office: str, day: date | None, goal: float) -> Suggested:
        """How many counters a day needs. Raises BadQuestion and Busy."""
        return suggest_staffing(self.memory, self.row(office), day, self.clock(), goal)

    def row(self, office: str) -> OfficeRow:
        """The office. Raises LookupError."""
        with self.memory.store.reading() as connection:
            row = places.office(connection, office)
        if row is None:
            raise LookupError(f"there is no office {office!r}")
        return row
