"""The items of the official indicators (Decision 766/QĐ-TTg) that dossiers and presses can tell, with their dossiers.

Formulas are those of the description that the national portal published; shares have two decimals, and with nothing to
divide by there is no value ("NA"), never a zero. What only the portal knows (likes and dislikes, complaints, payments)
has no value here and says so. Nothing of this is the portal's own figure, and none of it is SIPAS.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction

from fleet.domain.channels import Channel, channel_of
from fleet.domain.processing_time import IN_TIME, OVERDUE, Judged, Outcome

FULL_ONLINE = Fraction(1, 2)
# Item 3.3 is full at one half on line.
FULL_RISK = Fraction(9, 10)
POINTS_OF_RISK = 6
# Item 5.4.
PLACES = Decimal("0.01")


class Item(StrEnum):
    """An item of the set."""

    ON_TIME = "2.1"
    MEAN_TIME = "2.2"
    ONLINE = "3.3"
    RISK = "5.4"


class Group(StrEnum):
    """A group of the set."""

    PUBLICITY = "publicity"
    PROGRESS = "progress"
    ONLINE_SERVICES = "online_services"
    PAYMENT = "payment"
    SATISFACTION = "satisfaction"
    DIGITISING = "digitising"


POINTS: dict[Group, int] = {
    Group.PUBLICITY: 18,
    Group.PROGRESS: 20,
    Group.ONLINE_SERVICES: 12,
    Group.PAYMENT: 10,
    Group.SATISFACTION: 18,
    Group.DIGITISING: 22,
}
# What each is worth, of 100.
FED: dict[Group, tuple[Item, ...]] = {
    Group.PROGRESS: (Item.ON_TIME, Item.MEAN_TIME),
    Group.ONLINE_SERVICES: (Item.ONLINE,),
    Group.SATISFACTION: (Item.RISK,),
}
# All other items of a group, and groups that stand not here, only the official portal knows.


@dataclass(frozen=True)
class Part:
    """Some dossiers of an item, under the name by which they are counted."""

    name: str
    codes: tuple[str, ...]

    @property
    def n(self) -> int:
        """How many they are."""
        return len(self.codes)


@dataclass(frozen=True)
class Indicator:
    """An item: a share (2.2: working days), None for NA; how much of its full points; its points where their number is
    known; and the dossiers behind it. `is_bound`: no more than this, since the
    portal knows the rest."""

    item: Item
    value: Fraction | None
    of_full: Fraction | None
    points: Fraction | None
    parts: tuple[Part, ...]
    is_bound: bool = False


def indicators(judged: Sequence[Judged], received: Sequence[Judged]) -> tuple[Indicator, ...]:
    """All items of a period: of the dossiers that were received or worked on in it, and those received in it."""
    return (on_time(judged), mean_time(judged), online(received), risk(judged))


def on_time(judged: Sequence[Judged]) -> Indicator:
    """2.1: on time, ended or not, of those received or worked on; those of which nobody can tell are left out."""
    parts = tuple(part(outcome.value, [one for one in judged if one.outcome == outcome]) for outcome in Outcome)
    n = {one.name: one.n for one in parts}
    good = sum(n[outcome.value] for outcome in IN_TIME)
    value = share(good, good + sum(n[outcome.value] for outcome in OVERDUE))
    return Indicator(Item.ON_TIME, value, None, None, parts)


def mean_time(judged: Sequence[Judged]) -> Indicator:
    """2.2: working days without the time of supplements, over those that ended on a day that is known."""
    ended = [one for one in judged if one.days is not None]
    total = sum(one.days or 0 for one in ended)
    return Indicator(Item.MEAN_TIME, share(total, len(ended)), None, None, (part("ended", ended),))


def online(received: Sequence[Judged]) -> Indicator:
    """3.3: handed in on line, of those received; NA where no file told a channel of any of them."""
    by_channel = {
        channel: part(channel.value, [one for one in received if channel_of(one.dossier.channel) == channel])
        for channel in Channel
    }
    told = any(one.dossier.channel for one in received)
    value = share(by_channel[Channel.ONLINE].n, len(received)) if told else None
    of_full = None if value is None else min(Fraction(1), value / FULL_ONLINE)
    return Indicator(Item.ONLINE, value, of_full, None, tuple(by_channel.values()))


def risk(judged: Sequence[Judged]) -> Indicator:
    """5.4 at best: 100 % less the share that is overdue. Complaints and dislikes, which the portal knows, lower it."""
    late = [one for one in judged if one.outcome in OVERDUE]
    known = [one for one in judged if one.outcome in OVERDUE | IN_TIME]
    overdue = share(len(late), len(known))
    value = None if overdue is None else 1 - overdue
    return Indicator(
        Item.RISK, value, *risk_points(value), (part("overdue", late), part("judged", known)), is_bound=True
    )


def risk_points(value: Fraction | None) -> tuple[Fraction | None, Fraction | None]:
    """How much of the points of 5.4 a value gives, and how many: all from 90 % on, below that in proportion."""
    if value is None:
        return None, None
    of_full = min(Fraction(1), max(Fraction(0), value) / FULL_RISK)
    return of_full, of_full * POINTS_OF_RISK


def risk_if(value: Fraction | None, dissatisfied: Fraction | None) -> Fraction | None:
    """5.4 if as many disliked on the portal as pressed that they were not satisfied at the counter."""
    return None if value is None or dissatisfied is None else max(Fraction(0), value - dissatisfied)


def part(name: str, judged: Iterable[Judged]) -> Part:
    """These dossiers, by code."""
    return Part(name, tuple(sorted(one.dossier.code for one in judged)))


def share(count: int, of: int) -> Fraction | None:
    """A share; None (NA) of nothing."""
    return Fraction(count, of) if of else None


def rounded(value: Fraction | Decimal) -> Decimal:
    """Two decimals, halves up, as the rule has it."""
    exact = Decimal(value.numerator) / Decimal(value.denominator) if isinstance(value, Fraction) else value
    return exact.quantize(PLACES, ROUND_HALF_UP)
