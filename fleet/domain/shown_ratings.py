"""Ratings that may be shown, added up: what statistics need of them, and nothing by which one could be told apart.

What is shown of a longer period is what is shown of the shorter ones in it, and the groups of five of what these left
over (`rating_cells.divided`). So a day, a month or a quarter need be kept only as its sum and the few that are left;
and what is put together of such nodes is just what dividing all presses gives.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from fleet.domain.named_periods import Length
from fleet.domain.rating_cells import CellScore, Counted, by_scale, groups_of
from fleet.domain.satisfaction import CELL, wilson

K = TypeVar("K")
STEP_S = 300
STEPS = 24
# Two hours in steps of five minutes; whoever waited longer is in the last.

Scale = tuple[int, int]
# Its version, and how many levels it has.
Two = tuple[int, int]
# (satisfied, ratings)
NOBODY: Two = (0, 0)


@dataclass(frozen=True)
class Shown:
    """Ratings of one scale added up: how many gave each score, and of each service and step of waits how many were
    satisfied of how many."""

    by_score: Mapping[int, int] = field(default_factory=dict)
    by_service: Mapping[str, Two] = field(default_factory=dict)
    by_step: Mapping[int, Two] = field(default_factory=dict)

    def __add__(self, other: "Shown") -> "Shown":
        by_score = Counter(self.by_score)
        by_score.update(other.by_score)
        return Shown(by_score, added(self.by_service, other.by_service), added(self.by_step, other.by_step))

    @property
    def n(self) -> int:
        """How many ratings."""
        return sum(self.by_score.values())

    @property
    def positive(self) -> int:
        """How many of them were satisfied."""
        return sum(k for k, _ in self.by_service.values())


Nodes = dict[Scale, "Node"]


@dataclass(frozen=True)
class Node:
    """A period: what it and the shorter ones in it show, and what is left over, in order; all of one scale.

    `lost`: the identities of presses whose group is not shown, since one of it was excluded.
    """

    shown: Shown
    left: tuple[Counted, ...] = ()
    lost: tuple[str, ...] = ()


def shown_sum(presses: Iterable[Counted]) -> Shown:
    """Presses of one scale that are shown, added up."""
    by_score: dict[int, int] = {}
    by_service: dict[str, Two] = {}
    by_step: dict[int, Two] = {}
    for press in presses:
        by_score[press.score] = by_score.get(press.score, 0) + 1
        by_service[press.service] = plus(by_service.get(press.service, NOBODY), press.is_satisfied)
        if press.wait_ms is not None:
            step = min(STEPS, press.wait_ms // (STEP_S * 1000))
            by_step[step] = plus(by_step.get(step, NOBODY), press.is_satisfied)
    return Shown(by_score, by_service, by_step)


def node_of_day(came: Sequence[Counted]) -> Nodes:
    """A day of presses, in the order in which the fleet learnt of them."""
    found = {}
    for scale, presses in by_scale(came).items():
        shown, left = groups_of(presses)
        found[scale] = Node(shown_sum(shown), tuple(left), lost_of(presses, shown))
    return found


def lost_of(came: Sequence[Counted], shown: Sequence[Counted]) -> tuple[str, ...]:
    """Which of those that fill groups are not shown."""
    known = {press.id for press in shown}
    return tuple(press.id for press in came[: len(came) // CELL * CELL] if press.id not in known)


def node_of(parts: Sequence[Nodes]) -> Nodes:
    """A period of the shorter ones in it, in their order."""
    found: Nodes = {}
    for scale in {scale: None for part in parts for scale in part}:
        its = [part[scale] for part in parts if scale in part]
        came = [press for node in its for press in node.left]
        shown, left = groups_of(came)
        lost = (*(one for node in its for one in node.lost), *lost_of(came, shown))
        found[scale] = Node(sum((node.shown for node in its), shown_sum(shown)), tuple(left), lost)
    return found


def node_of_months(months: Mapping[str, Nodes], length: Length) -> Nodes:
    """A month, quarter or year of its months (`2026-10`)."""
    if length == Length.MONTH:
        return next(iter(months.values()), {})
    quarters: dict[int, list[Nodes]] = {}
    for month in sorted(months):
        quarters.setdefault((int(month[5:7]) + 2) // 3, []).append(months[month])
    nodes = [node_of(quarters[quarter]) for quarter in sorted(quarters)]
    return nodes[0] if length == Length.QUARTER and len(nodes) == 1 else node_of(nodes)


def not_shown(nodes: Nodes) -> set[str]:
    """The identities of presses that count and are not shown."""
    return {one for node in nodes.values() for one in (*node.lost, *(press.id for press in node.left))}


def shown_of_nodes(nodes: Nodes) -> dict[Scale, Shown]:
    """What is shown, by scale."""
    return {scale: node.shown for scale, node in nodes.items() if node.shown.n}


def main_scale(shown: Iterable[Mapping[Scale, Shown]]) -> Scale | None:
    """The scale that most of these ratings have: what is compared must not mix scales."""
    scales: dict[Scale, int] = {}
    for each in shown:
        for scale, its in each.items():
            scales[scale] = scales.get(scale, 0) + its.n
    return max(scales, key=lambda scale: (scales[scale], scale), default=None)


def cell_scores(shown: Iterable[Mapping[Scale, Shown]]) -> list[CellScore]:
    """What is published of these, by scale."""
    sums: dict[Scale, Shown] = {}
    for each in shown:
        for scale, its in each.items():
            sums[scale] = sums.get(scale, Shown()) + its
    found = []
    for (version, levels), its in sorted(sums.items()):
        by_score = tuple(its.by_score.get(level, 0) for level in range(1, levels + 1))
        k, n = its.positive, its.n
        found.append(CellScore(levels, version, n, k, k / n, *wilson(k, n), by_score))
    return found


def plus(two: Two, satisfied: bool) -> Two:
    """One rating more."""
    return two[0] + satisfied, two[1] + 1


def added(one: Mapping[K, Two], other: Mapping[K, Two]) -> dict[K, Two]:
    """Counts by a key, added up."""
    found = dict(one)
    for key, (k, n) in other.items():
        known = found.get(key, NOBODY)
        found[key] = (known[0] + k, known[1] + n)
    return found
