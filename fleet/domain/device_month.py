"""A device's last thirty days as a person sees them: a bar a day, and what they add up to."""

from dataclasses import dataclass

from fleet.domain.device_days import DaySum

DAYS = 30


@dataclass(frozen=True)
class DayBar:
    """A day: connected ÷ expected, None where nothing was expected; and how it started."""

    day: str
    connected: float | None
    sums: DaySum


@dataclass(frozen=True)
class DeviceMonth:
    """Thirty days, the oldest first, today as the last of them; and all of it added up."""

    days: tuple[DayBar, ...]
    whole: DaySum


def month_of(days: dict[str, DaySum], names: list[str]) -> DeviceMonth:
    """These days, in the order of their names."""
    bars = tuple(DayBar(day, days.get(day, DaySum()).connected, days.get(day, DaySum())) for day in names)
    whole = DaySum()
    for bar in bars:
        whole += bar.sums
    return DeviceMonth(bars, whole)
