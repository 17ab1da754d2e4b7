"""Sums of ratings show just what dividing all presses shows."""

from datetime import date, timedelta
from itertools import groupby

from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.domain.named_periods import Length
from fleet.domain.rating_cells import Counted, cells_of, shown_of
from fleet.domain.rating_sums import RatingSum, from_text, of_day, of_month
from fleet.domain.shown_ratings import cell_scores, node_of_months, not_shown, shown_of_nodes, shown_sum

FIRST = date(2026, 1, 30)
presses = st.lists(
    st.tuples(
        st.integers(0, 330), st.integers(1, 3), st.sampled_from((3, 5)), st.integers(0, 9), st.sampled_from("abc")
    ),
    max_size=120,
)


def came(drawn: list[tuple[int, int, int, int, str]]) -> list[Counted]:
    """Presses in the order of days."""
    return [
        Counted(
            (FIRST + timedelta(days=day // 12)).isoformat(),
            score,
            levels,
            levels - 2,
            excluded=rare == 0,
            service=service,
            wait_ms=None if rare == 1 else rare * 700_000,
            id=f"n/1/1/{at}",
        )
        for at, (day, score, levels, rare, service) in enumerate(sorted(drawn, key=lambda one: one[0]))
    ]


@given(presses)
@settings(max_examples=60, deadline=None)
def test_months_quarters_and_years_of_days(drawn: list[tuple[int, int, int, int, str]]) -> None:
    whole = came(drawn)
    months = {}
    for month, its in groupby(whole, key=lambda press: press.day[:7]):
        days = [of_day(day, list(of), {"": 1}) for day, of in groupby(its, key=lambda press: press.day)]
        kept = of_month([from_text(day.to_text()) for day in days])
        assert from_text(kept.to_text()).to_text() == kept.to_text() and kept.why == {"": len(days)}
        months[month] = from_text(kept.to_text())
    lengths = [(Length.YEAR, whole)]
    lengths += [(Length.MONTH, [one for one in whole if one.day[:7] == month]) for month in months]
    lengths.append((Length.QUARTER, [one for one in whole if one.day < "2026-04"]))
    for length, some in lengths:
        held = {month: its.nodes for month, its in months.items() if month in {one.day[:7] for one in some}}
        nodes = node_of_months(held, length)
        shown = shown_of(some, length)
        assert cell_scores([shown_of_nodes(nodes)]) == cells_of(shown)
        for scale, its in shown_of_nodes(nodes).items():
            assert its == shown_sum(one for one in shown if (one.scale_version, one.scale) == scale)
        assert not_shown(nodes) == {one.id for one in some} - {one.id for one in shown}


def test_of_nothing_nothing_is_kept() -> None:
    assert of_day("2026-01-30", [], {}) == of_month([]) == RatingSum() == from_text(RatingSum().to_text())
