"""What may be shown of the ratings of offices, added up."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby

from sqlalchemy import Connection

from fleet.domain.named_periods import Length
from fleet.domain.shown_ratings import Nodes, Scale, Shown, Two, node_of, node_of_day, node_of_months, shown_of_nodes
from fleet.store import rating_history


def shown_ratings(
    connection: Connection, offices: Sequence[str], first: date, until: date, length: Length
) -> tuple[dict[str, dict[Scale, Shown]], dict[str, dict[Scale, list[Two]]]]:
    """Of a period of this length up to a day: what each office shows; and what each of its days showed by itself."""
    shown, days = {}, {}
    for office, came in rating_history.counted(connection, offices, first.isoformat(), until.isoformat()).items():
        of_days: dict[str, Nodes] = {day: node_of_day(list(its)) for day, its in groupby(came, key=lambda one: one.day)}
        months = {
            month: node_of([of_days[day] for day in its])
            for month, its in groupby(sorted(of_days), lambda day: day[:7])
        }
        shown[office] = shown_of_nodes(node_of_months(months, length))
        days[office] = by_day(of_days)
    return shown, days


def by_day(nodes: Mapping[str, Nodes]) -> dict[Scale, list[Two]]:
    """(satisfied, ratings) of each day, by scale."""
    found: dict[Scale, list[Two]] = {}
    for day in nodes.values():
        for scale, node in day.items():
            if node.shown.n:
                found.setdefault(scale, []).append((node.shown.positive, node.shown.n))
    return found
