"""A plan as tables of names and values, in a language."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from fleet.domain import plan_figures as of
from fleet.domain.figures import count_of, number_of
from fleet.domain.plan import KILO, MEGA
from fleet.domain.plan_breaks import Breaks
from fleet.domain.plan_words import BREAKS, HEADS, NAMES, Both
from fleet.domain.planned import YEARS, Machines, Part, Plan, Return, Rhythm, Room

BITS = 8
MINUTE_S = 60


class Table(NamedTuple):
    """One of them; `heads` are those of the columns after the first, whose own is the title."""

    title: str
    heads: tuple[str, ...]
    rows: list[tuple[str, ...]]


def tables(found: Plan, first: Iterable[Breaks], language: str) -> Iterator[Table]:
    """All of them."""
    said = Tables(language)
    yield said.pairs("rhythm", said.rhythm(found.rhythm))
    yield said.table("parts", [said.part(one) for one in found.parts])
    yield said.pairs("back", said.back(found.back))
    yield said.pairs("room", said.room(found.room))
    yield said.pairs("machines", said.machines(found.machines))
    yield said.table("breaks", [said.breaks(one, found.asked.cores) for one in first])


class Tables:
    """Names and numbers in a language. What only has a name and a value is a pair."""

    def __init__(self, language: str) -> None:
        self.language = language

    def rhythm(self, rhythm: Rhythm) -> dict[str, str]:
        """What happens."""
        return {
            "offices": self.count(rhythm.offices),
            "events_day": self.count(rhythm.visits_a_day * of.EVENTS_A_VISIT),
            "events_s": self.few(rhythm.events_s),
            "visits_s": self.few(rhythm.visits_s),
            "health_s": self.few(rhythm.health_s),
            "pings_s": self.few(rhythm.pings_s),
            "messages_s": self.few(rhythm.messages_s),
            "network": self.few(rhythm.bytes_s * BITS / MEGA),
        }

    def part(self, part: Part) -> tuple[str, ...]:
        """Processes of a kind; where there can be one, and one is not enough, that is said."""
        too_few = self.word((" (không đủ)", " (not enough)")) if part.at_most_one and part.cores > 1 else ""
        return f"`{part.name}`", self.few(part.cores), self.count(part.count) + too_few, self.few(part.memory_mb / KILO)

    def back(self, back: Return) -> dict[str, str]:
        """After a power cut."""
        return {
            "back": self.count(back.devices),
            "welcome": self.few(back.welcome_s / MINUTE_S),
            "broker_s": self.few(back.broker_s),
        }

    def room(self, room: Room) -> dict[str, str]:
        """Disks."""
        return {
            "events_gb": self.few(room.events_gb),
            "year_gb": self.few(room.visits_gb_a_year),
            "ten_gb": self.few(room.after(YEARS)),
            "archives_gb": self.few(room.archives_gb_a_year),
            "backup": f"{self.few(room.backup_gb)} / {self.few(room.backup_h)}",
            "log_mb_s": self.few(room.log_mb_s),
            "flushes_s": self.few(room.flushes_s),
        }

    def machines(self, machines: Machines) -> dict[str, str]:
        """In all."""
        return {
            "cores": self.few(machines.cores),
            "memory": self.few(machines.memory_gb),
            "disk": self.few(machines.disk_gb),
            "machines": self.count(machines.count),
        }

    def breaks(self, one: Breaks, cores: int) -> tuple[str, ...]:
        """A limit."""
        return self.word(BREAKS[one.what]).format(cores=cores), self.count(one.devices), self.few(one.load)

    def word(self, both: Both) -> str:
        """Of two languages."""
        return both[self.language == "en"]

    def count(self, number: float) -> str:
        """A whole number."""
        return count_of(round(number), self.language)

    def few(self, number: float) -> str:
        """Two digits that say something: what is computed from figures of a busy machine has no more."""
        return number_of(number, self.language, 0 if number >= 10 else 1 if number >= 1 else 2)

    def table(self, name: str, rows: list[tuple[str, ...]]) -> Table:
        """With the heads of this name."""
        title, *heads = HEADS[name][self.language == "en"]
        return Table(title, tuple(heads), rows)

    def pairs(self, name: str, values: dict[str, str]) -> Table:
        """Names with a value each."""
        title = HEADS[name][self.language == "en"][0]
        return Table(title, ("",), [(self.word(NAMES[key]), value) for key, value in values.items()])
