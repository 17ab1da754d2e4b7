"""What an office tells of its waits now: to whoever comes, by service, and to everybody who waits."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fleet.domain.openings import Opening
from fleet.domain.spread import Spread
from fleet.domain.telling import Cause, Told


@dataclass(frozen=True)
class ToldNow:
    """By service what a newcomer is told (None: no counter that calls for it is open or will be), and by
    (service, number) what those who wait are told. `played` is what newcomers would be told without correction,
    `rivals` what simple estimators would say to them; `counters` are open. `openings`: what would shorten waits that
    are too long.
    """

    made_ms: int
    newcomers: Mapping[str, Told | None] = field(default_factory=dict)
    waiting: Mapping[tuple[str, int], Told] = field(default_factory=dict)
    played: Mapping[str, Spread] = field(default_factory=dict)
    rivals: Mapping[str, float] = field(default_factory=dict)
    counters: int = 0
    openings: tuple[Opening, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """As JSON takes it."""
        return {
            "made_ms": self.made_ms,
            "newcomers": {
                service: None if one is None else told_to_list(one) for service, one in self.newcomers.items()
            },
            "waiting": [[*key, *told_to_list(one)] for key, one in self.waiting.items()],
            "played": {service: spread_to_list(one) for service, one in self.played.items()},
            "rivals": {name: round(one, 2) for name, one in self.rivals.items()},
            "counters": self.counters,
            "openings": [one.to_list() for one in self.openings],
        }

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> "ToldNow":
        """The opposite of `to_dict`; what an empty row says is nothing."""
        made_ms = told.get("made_ms", 0)
        return cls(
            made_ms,
            {
                service: None if one is None else told_of_list(made_ms, one)
                for service, one in told.get("newcomers", {}).items()
            },
            {(one[0], one[1]): told_of_list(made_ms, one[2:]) for one in told.get("waiting", [])},
            {service: Spread(*one) for service, one in told.get("played", {}).items()},
            told.get("rivals", {}),
            told.get("counters", 0),
            tuple(Opening(*one) for one in told.get("openings", [])),
        )


def told_to_list(one: Told) -> list[Any]:
    """Short, since there are many."""
    return [*spread_to_list(one.spread), one.counters, one.ahead, one.cause.value]


def told_of_list(made_ms: int, told: list[Any]) -> Told:
    """The opposite."""
    low, middle, high, called, counters, ahead, cause = told
    return Told(made_ms, Spread(low, middle, high, called), counters, ahead, Cause(cause))


def spread_to_list(one: Spread) -> list[float]:
    """To the hundredth of a minute."""
    return [round(value, 2) for value in (one.low, one.middle, one.high, one.called)]
