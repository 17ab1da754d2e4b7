"""What is kept of the ratings of an office's day and month, so that years are read from a dozen sums.

Days that are over are added up, and months are made of their days. All of it follows from the presses in the tables and
goes when they go.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fleet.domain.rating_cells import Counted
from fleet.domain.shown_ratings import Node, Nodes, Scale, Shown, node_of, node_of_day

DAY, MONTH = "day", "month"
DayShown = tuple[str, Scale, int, int]
# What a day shows by itself: the day, the scale, how many were satisfied, how many ratings.


@dataclass(frozen=True)
class RatingSum:
    """A day or month of an office: what it shows, what its days showed, and how many presses counted or why not."""

    nodes: Nodes = field(default_factory=dict)
    days: tuple[DayShown, ...] = ()
    why: Mapping[str, int] = field(default_factory=dict)

    def to_text(self) -> str:
        """As it is stored."""
        scales = [
            [
                *scale,
                sorted(node.shown.by_score.items()),
                sorted((service, *two) for service, two in node.shown.by_service.items()),
                sorted((step, *two) for step, two in node.shown.by_step.items()),
                [[one.day, one.score, one.excluded, one.service, one.wait_ms, one.id] for one in node.left],
                node.lost,
            ]
            for scale, node in self.nodes.items()
        ]
        days = [[day, *scale, k, n] for day, scale, k, n in self.days]
        return json.dumps([scales, days, self.why], ensure_ascii=False, separators=(",", ":"))


def of_day(day: str, came: Sequence[Counted], why: Mapping[str, int]) -> RatingSum:
    """A day of presses that count, in the order in which the fleet learnt of them; `why` counts all presses."""
    nodes = node_of_day(came)
    held = tuple((day, scale, node.shown.positive, node.shown.n) for scale, node in nodes.items() if node.shown.n)
    return RatingSum(nodes, held, dict(why))


def of_month(days: Sequence[RatingSum]) -> RatingSum:
    """A month of its days, in their order."""
    why: Counter[str] = Counter()
    for one in days:
        why.update(one.why)
    return RatingSum(node_of([one.nodes for one in days]), tuple(held for one in days for held in one.days), dict(why))


def from_text(text: str) -> RatingSum:
    """What `to_text` wrote."""
    scales, days, why = json.loads(text)
    nodes: Nodes = {}
    for version, levels, by_score, by_service, by_step, left, lost in scales:
        shown = Shown(
            dict(by_score),
            {service: (k, n) for service, k, n in by_service},
            {step: (k, n) for step, k, n in by_step},
        )
        nodes[version, levels] = Node(shown, tuple(press_of(one, version, levels) for one in left), tuple(lost))
    return RatingSum(nodes, tuple((day, (version, levels), k, n) for day, version, levels, k, n in days), why)


def press_of(stored: Sequence[Any], version: int, levels: int) -> Counted:
    """A press that is left over."""
    day, score, excluded, service, wait_ms, id_ = stored
    return Counted(day, score, levels, version, excluded, service, wait_ms=wait_ms, id=id_)
