"""What is said of waiting: percentiles with the share within a target, where enough people stand behind them."""

from dataclasses import dataclass
from datetime import date

from fleet.domain.org_tree import Kind, Tree
from fleet.domain.succession import heirs_on
from fleet.domain.times import Times
from fleet.domain.wait_cells import Cell

LEAST = 5
# Of fewer than five a percentile tells how long somebody waited who may be known to whoever asks.


@dataclass(frozen=True)
class Durations:
    """How long something took in seconds, of `n`. Percentiles are right to 1 %, the mean is exact; None below `LEAST`.

    `within` is the share that took no longer than the target, where there is one.
    """

    n: int
    mean_s: float | None = None
    p50_s: float | None = None
    p90_s: float | None = None
    p95_s: float | None = None
    within: float | None = None


@dataclass(frozen=True)
class WaitRow:
    """A stretch of time or a part of an office: who was called, and how long that took.

    `finished` visits ended with a finish, and `rated` of them were rated; `no_shows` did not come when called.
    """

    key: str
    visits: int
    no_shows: int
    finished: int
    rated: int
    wait: Durations
    service: Durations
    total: Durations


@dataclass(frozen=True)
class Offices:
    """The offices whose visits a unit is told of; `divided` went to several heirs, not all of them in this unit."""

    whole: tuple[str, ...]
    divided: tuple[str, ...] = ()


def durations(of: Times, within: int | None = None) -> Durations:
    """What is said of these times; `within`: how many of them were within their targets."""
    n = of.n
    if n < LEAST:
        return Durations(n)
    p50, p90, p95 = (None if ms is None else ms / 1000 for ms in of.percentiles(0.5, 0.9, 0.95))
    return Durations(n, of.sum_ms / n / 1000, p50, p90, p95, None if within is None else within / n)


def row_of(key: str, cell: Cell, within: int | None) -> WaitRow:
    """A cell in words that people read."""
    return WaitRow(
        key,
        cell.visits,
        cell.no_shows,
        cell.finished,
        cell.rated,
        durations(cell.wait, within),
        durations(cell.service),
        durations(cell.total),
    )


def offices_of(tree: Tree, unit: str, day: date) -> Offices:
    """The offices that are this unit on a day, or below it; and those of before that became offices there.

    An office that ended counts as a whole if all that took over from it is in the unit: its visits cannot be divided.
    """
    whole, divided = [], []
    for office in (one for one in tree.units if tree.units[one][0].kind == Kind.OFFICE):
        heirs = {office: None} if unit == office else heirs_on(tree, office, day)
        inside = [one == unit or any(node.id == unit for node in tree.path(one, day)) for one in heirs]
        if inside and all(inside):
            whole.append(office)
        elif any(inside):
            divided.append(office)
    return Offices(tuple(whole), tuple(divided))
