"""What may be shown of the ratings of offices, from sums; days that changed since are added up on the way."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import Connection

from fleet.domain.day import day_of
from fleet.domain.named_periods import Length
from fleet.domain.periods import Period, days, end_of, months
from fleet.domain.rating_sums import DAY, MONTH, DayShown, RatingSum, of_month
from fleet.domain.shown_ratings import Nodes, Scale, Shown, Two, node_of_months, shown_of_nodes
from fleet.flows.count_ratings import sum_of_day
from fleet.store import rating_history, rating_sums, retention

Months = dict[str, dict[str, RatingSum]]
# By office and month, `2026-10`.


def months_of(connection: Connection, offices: Sequence[str], first: date, until: date) -> Months:
    """The ratings of these offices by month, of the days from a first to a last.

    A whole month none of whose days changed since is one sum. Days that are not linked any more cannot change; of those
    that never were added up, nobody knows but by looking.
    """
    found: Months = {office: {} for office in offices}
    if until < first:
        return found
    span = (first.isoformat(), until.isoformat())
    stale = rating_sums.stale(connection, offices, *span)
    closed = day_of(retention.linked_since_ms(connection), "UTC")
    whole = rating_sums.sums(connection, offices, MONTH, f"{span[0][:7]}-01", span[1])
    by_days: dict[str, list[tuple[str, Period]]] = defaultdict(list)
    stale_months = {(office, day[:7]) for office, day in stale}
    for piece in months(Period(first, until)):
        begins, month = piece.first.replace(day=1), f"{piece.first:%Y-%m}"
        is_whole = piece.first == begins and piece.last == end_of("month", begins) and begins.isoformat() >= closed
        for office in offices:
            if is_whole and (office, month) not in stale_months:
                its = whole.get((office, begins.isoformat()))
                if its is not None:
                    found[office][month] = its
            else:
                by_days[month].append((office, piece))
    looked: dict[str, set[str]] = {}
    for month, pieces in by_days.items():
        piece = pieces[0][1]
        opens, ends = piece.first.isoformat(), piece.last.isoformat()
        known = rating_sums.sums(connection, [office for office, _ in pieces], DAY, opens, ends)
        for office, _ in pieces:
            if opens < closed and office not in looked:
                looked[office] = rating_history.days(connection, office, span[0], closed)
            anew = looked.get(office, set())
            held = []
            for one in (day.first.isoformat() for day in days(piece)):
                its = known.get((office, one))
                if (office, one) in stale or (its is None and one in anew):
                    its = sum_of_day(connection, office, one)
                held += [] if its is None else [its]
            if (together := of_month(held)) != RatingSum():
                found[office][month] = together
    return found


def shown_ratings(
    connection: Connection, offices: Sequence[str], first: date, until: date, length: Length
) -> tuple[dict[str, dict[Scale, Shown]], dict[str, dict[Scale, list[Two]]]]:
    """Of a period of this length up to a day: what each office shows; and what each of its days showed by itself."""
    shown, of_days = {}, {}
    for office, its in months_of(connection, offices, first, until).items():
        shown[office] = shown_of_nodes(nodes_of(its, length))
        of_days[office] = by_scale(held for one in its.values() for held in one.days)
    return shown, of_days


def nodes_of(its: Mapping[str, RatingSum], length: Length) -> Nodes:
    """A period of its months."""
    return node_of_months({month: one.nodes for month, one in its.items()}, length)


def by_scale(held: Iterable[DayShown]) -> dict[Scale, list[Two]]:
    """(satisfied, ratings) of days, by scale."""
    found: dict[Scale, list[Two]] = {}
    for _, scale, k, n in held:
        found.setdefault(scale, []).append((k, n))
    return found
